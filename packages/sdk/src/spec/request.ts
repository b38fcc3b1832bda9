import type { EffortLevel } from './capabilities.ts';
import type { Message } from './content.ts';
import type { CallContext } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { JsonObject } from './json.ts';
import type { OutputSchema } from './schema.ts';

/** A tool that a model may call. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly input: OutputSchema;
}

/** Whether and which tool must be called. @defaultValue 'auto' */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

/**
 * What is asked of a model. Everything but `messages` is optional; what an engine cannot honour becomes a warning
 * on the result.
 *
 * @example
 * const request: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }], maxOutputTokens: 32 };
 */
export interface GenerateRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Hold the answer to this schema. The result is validated on return. */
  readonly output?: OutputSchema;
  /** Independent answers to the same prompt. Range [1, 10,000]. @defaultValue 1 */
  readonly samples?: number;
  /** Generated tokens of one sample at most, reasoning included. Range [1, ∞). @defaultValue the model's own limit */
  readonly maxOutputTokens?: number;
  /** Reasoning tokens of one sample at most. Range [0, ∞). */
  readonly maxReasoningTokens?: number;
  /** Range [0, 2]. @defaultValue the engine's */
  readonly temperature?: number;
  /** Range (0, 1]. */
  readonly topP?: number;
  /** Range [1, ∞). */
  readonly topK?: number;
  /** Generation ends before any of these. */
  readonly stop?: readonly string[];
  /** Samples of one request get seeds that follow from this one. Whole number in [0, 2³²). */
  readonly seed?: number;
  /**
   * Index of the first sample among those of the same seed, where one request was split into several. Each sample's
   * chance follows from the seed and its index. Whole number in [0, 10,000). @defaultValue 0
   */
  readonly firstSample?: number;
  /** A level of this provider. A fraction is resolved by the budget package, never by an adapter. */
  readonly effort?: EffortLevel;
  /** Log-probabilities of the generated tokens; `top` alternatives per position, 0 for the chosen token only. */
  readonly logprobs?: { readonly top: number };
  /** Names a conversation, so that an engine can reuse its prefix. */
  readonly sessionKey?: string;
  readonly serviceTier?: string;
  /** Also give what the provider itself answered, in `result.raw`. @defaultValue false */
  readonly includeRaw?: boolean;
  /** Per-task data for scorers: tests, references, a run-time check. Never sent to a model. */
  readonly evidence?: Evidence;
  readonly signal?: AbortSignal;
  /** Raw options by provider name, merged into the wire request last. */
  readonly providerOptions?: { readonly [provider: string]: JsonObject };
  /** Guards, scopes, trace, chance and time. Made for you when absent. */
  readonly context?: CallContext;
}
