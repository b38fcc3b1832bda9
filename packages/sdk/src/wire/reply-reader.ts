import type { LeafOutcome, LeafPart } from '../leaf/leaf-call.ts';
import type { Origin } from '../spec/content.ts';
import type { Finish } from '../spec/result.ts';
import type { ReplyFailure } from '../transport/reply-failure.ts';

/** How the reading ended: with all there was to read, cut off, or because the caller lost interest. */
export type ReplyEnd = 'whole' | 'cut' | 'aborted';

/** How an answer ended that nobody said the end of. */
export const finishByEnd: { readonly [end in ReplyEnd]: Finish } = {
  whole: { unified: 'error', by: 'aborted' },
  cut: { unified: 'error', by: 'aborted' },
  aborted: { unified: 'aborted', by: 'aborted' },
};

/** What a reply is read for. */
export interface ReplyReaderOptions {
  /** Written on reasoning and tool calls. */
  readonly origin: Origin;
  /** Text the engine was prompted with, for an estimate where it reports no usage. Asked for only then. */
  readonly prompt: () => string;
  /** Takes the parts as they arrive. */
  readonly emit?: ((part: LeafPart) => void) | undefined;
}

/** Reads a reply, streamed or whole, whatever its wire format. */
export interface ReplyReader {
  /**
   * Takes the data of one event, or a whole body. The name of the event, where it is known, may save reading it. Says what is
   * wrong, where something is; nothing may be read after that. `[DONE]` is taken by every format, also by those without it.
   */
  read(data: string, event?: string): ReplyFailure | undefined;
  /** The server said that nothing more comes. */
  readonly ended: boolean;
  /** The answer is whole, whatever happens to the connection. */
  readonly complete: boolean;
  /** Something of an answer has arrived. */
  readonly begun: boolean;
  /** What there is. Usage that the server did not report is estimated from the text where that can be done. */
  outcome(end: ReplyEnd): LeafOutcome;
}

/** What is wrong with a reply that does not keep to its format. */
export function unreadable(message: string): ReplyFailure {
  return { failure: 'protocol', dispatch: 'unknown', message };
}
