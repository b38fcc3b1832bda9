import type { Clock } from '../spec/context.ts';
import type { Abortable } from './abortable.ts';
import type { TextSource } from './text-source.ts';

/** How long a body may take to end by itself once its reader has all it wants. */
const endMs = 250;

// Without a reason of its own, every abort() would build a DOMException.
const ended = 'the body has ended';

/** What a body is read with. */
export interface ReadBodyOptions {
  /** Ends the reading with its reason, also where the body's source does not listen to it. */
  readonly signal: Abortable;
  readonly clock: Clock;
}

/**
 * Hands the text of a body on, network read by network read. Characters that a read splits arrive whole.
 *
 * `onText` returns false when it has all it wants. The body then gets a moment to end by itself, because a connection whose
 * answer was read to its end can be used again; after that it is cancelled.
 *
 * @throws the signal's reason when it fires, and whatever the body fails with.
 */
export function readBody(
  body: TextSource | ReadableStream<Uint8Array>,
  onText: (text: string) => boolean,
  options: ReadBodyOptions,
): Promise<void> {
  return 'read' in body ? body.read(onText, options.signal) : readStream(body, onText, options);
}

async function readStream(
  body: ReadableStream<Uint8Array>,
  onText: (text: string) => boolean,
  { signal, clock }: ReadBodyOptions,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // Cancelling also ends a read that is pending.
  const cancel = (): void => void reader.cancel(signal.reason).catch(ignore);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await reader.read();
      if (done) break;
      if (!onText(decoder.decode(value, { stream: true }))) return await letEnd(reader, clock);
    }
    throwIfAborted(signal);
    onText(decoder.decode());
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function letEnd(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([drain(reader), clock.sleep(endMs, timer.signal).catch(ignore)]);
  timer.abort(ended);
  await reader.cancel().catch(ignore);
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // Whoever reads has all it wants: how the rest ends does not matter.
  }
}

function throwIfAborted(signal: Abortable): void {
  if (signal.aborted) throw signal.reason;
}

function ignore(): void {}
