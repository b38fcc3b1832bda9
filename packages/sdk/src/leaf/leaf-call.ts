import type { AssistantPart, PartMetadata } from '../spec/content.ts';
import type { CallContext } from '../spec/context.ts';
import type { JsonValue } from '../spec/json.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Finish, TokenLogprob, Warning } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { Usage, UsageKnown } from '../spec/usage.ts';

/** A part of a stream as an adapter knows it: the leaf adds attempt, candidate ids, start and finish. */
export type LeafPart =
  | {
      readonly type: 'text-delta' | 'reasoning-delta';
      readonly sample: number;
      readonly text: string;
      /** Opaque data about the part, for example a signature; its text may be empty then. */
      readonly metadata?: PartMetadata;
    }
  | {
      readonly type: 'tool-input-delta';
      readonly sample: number;
      readonly toolCallId: string;
      readonly toolName: string;
      readonly text: string;
    }
  | {
      readonly type: 'tool-call';
      readonly sample: number;
      readonly call: Extract<StreamPart, { type: 'tool-call' }>['call'];
    };

/** One attempt on the wire. */
export interface LeafCall {
  /** What may be sent: fitted to the hold, `samples` at most `capabilities.samples.nativeMax`. */
  readonly request: GenerateRequest;
  /** As the caller wrote it. Recordings make their keys from this one. */
  readonly original: GenerateRequest;
  readonly attemptId: string;
  /** Index of this attempt's first sample among the samples of the caller's request. */
  readonly firstSample: number;
  readonly context: CallContext;
  readonly signal: AbortSignal | undefined;
  /** Delivers a part. Undefined where nobody listens: then there is nothing to prepare. */
  readonly emit: ((part: LeafPart) => void) | undefined;
}

/** One answer as an adapter made it. */
export interface LeafCandidate {
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
  readonly logprobs?: readonly TokenLogprob[];
  readonly outputTokens?: number;
  readonly engineSeconds?: number;
}

/** What an attempt came to, also a partial one. */
export interface LeafOutcome {
  readonly candidates: readonly LeafCandidate[];
  readonly usage: Usage;
  /** @defaultValue 'exact' */
  readonly usageKnown?: UsageKnown;
  readonly warnings?: readonly Warning[];
  readonly raw?: JsonValue;
}
