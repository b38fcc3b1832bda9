import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { AbortedError } from '../../errors/aborted-error.ts';
import type { ModelStream, StreamPart } from '../../spec/stream.ts';
import { notRetryable } from './not-retryable.ts';
import { type StreamOptions, StreamWriter } from './stream-writer.ts';

/**
 * A stream of ours as one of the AI SDK. It is given out once there is something of an answer: what fails before that
 * (a budget that refuses, a model that cannot be reached) is thrown here, and not read out of a stream later.
 *
 * Cancelling it ends the call, and waits until what ran has been settled.
 */
export async function writeStream(
  stream: ModelStream,
  options: StreamOptions,
): Promise<ReadableStream<LanguageModelV4StreamPart>> {
  const writer = new StreamWriter(options);
  const parts = stream[Symbol.asyncIterator]();
  const opening = await readOpening(parts, writer);
  let cancelled = false;
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      start: (controller) => {
        for (const part of opening) controller.enqueue(part);
      },
      pull: async (controller) => {
        try {
          const written = await readNext(parts, writer);
          if (cancelled) return;
          if (written === undefined) controller.close();
          else for (const part of written) controller.enqueue(part);
        } catch (error) {
          if (cancelled) return;
          const own = notRetryable(error);
          if (AbortedError.isInstance(own)) {
            controller.error(own);
            return;
          }
          for (const part of writer.fail(own)) controller.enqueue(part);
          controller.close();
        }
      },
      cancel: async () => {
        cancelled = true;
        await parts.return?.();
        // Whatever it came to is in the ledger now; nobody is left to be told.
        await stream.result.catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function readOpening(
  parts: AsyncIterator<StreamPart>,
  writer: StreamWriter,
): Promise<readonly LanguageModelV4StreamPart[]> {
  const opening: LanguageModelV4StreamPart[] = [];
  for (;;) {
    const { done, value } = await parts.next();
    if (done === true) return opening;
    opening.push(...writer.write(value));
    if (value.type !== 'start' && value.type !== 'ping') return opening;
  }
}

/** The next parts there are, or undefined at the end. */
async function readNext(
  parts: AsyncIterator<StreamPart>,
  writer: StreamWriter,
): Promise<readonly LanguageModelV4StreamPart[] | undefined> {
  for (;;) {
    const { done, value } = await parts.next();
    if (done === true) return undefined;
    const written = writer.write(value);
    if (written.length > 0) return written;
  }
}
