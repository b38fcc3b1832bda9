import type { ToolCallPart, PartMetadata } from './content.ts';
import type { GenerateResult, Finish, Warning } from './result.ts';

interface DeltaBase {
  readonly candidateId: string;
  readonly attemptId: string;
}

/**
 * What a stream yields.
 *
 * A strategy that has not decided yet sends `ping`. Once it has, it sends `commit` for the candidate, then deltas; no
 * delta of a candidate leaves before its commit. A bare model commits at once. Drafts (deltas that a `discard` may take
 * back) are sent only when the caller asked for them.
 */
export type StreamPart =
  | { readonly type: 'start'; readonly warnings: readonly Warning[] }
  | { readonly type: 'ping' }
  | ({ readonly type: 'commit' } & DeltaBase)
  | ({ readonly type: 'discard'; readonly reason: string } & DeltaBase)
  | ({ readonly type: 'text-delta'; readonly text: string; readonly metadata?: PartMetadata } & DeltaBase)
  | ({ readonly type: 'reasoning-delta'; readonly text: string; readonly metadata?: PartMetadata } & DeltaBase)
  | ({
      readonly type: 'tool-input-delta';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly text: string;
    } & DeltaBase)
  | ({ readonly type: 'tool-call'; readonly call: ToolCallPart } & DeltaBase)
  | ({ readonly type: 'candidate-finish'; readonly finish: Finish } & DeltaBase)
  | { readonly type: 'finish'; readonly result: GenerateResult };

/**
 * Parts as they arrive, and the whole at the end.
 *
 * `result` settles also after a `break` or an abort: what ran is charged, and the partial answer is in it. Nothing is
 * sent to an engine before the stream is iterated or `result` is read, whichever comes first. A stream can be iterated once.
 */
export interface ModelStream extends AsyncIterable<StreamPart> {
  readonly result: Promise<GenerateResult>;
  /**
   * Stops one sample while the others go on; it stays as a candidate that ended by `aborted`. Present where the model's
   * `samples.cancelOne` says so.
   */
  cancel?(candidateId: string): void;
}
