import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { ModelCallError, StreamTruncatedError } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { failureOf } from './failure.ts';
import type { AiSdkSettings } from './options.ts';
import { Reply } from './reply.ts';
import { withoutKeys, wordsOf } from './words.ts';
import { writeRequest } from './write-request.ts';

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callAiSdk(settings: AiSdkSettings, call: LeafCall): Promise<LeafOutcome> {
  const { options, warnings } = writeRequest(settings, call);
  const { model, provider, modelId } = settings;
  const { signal, emit } = call;
  const name = `${provider}/${modelId}`;
  const reply = new Reply({
    origin: { provider, modelId },
    prompt: () => JSON.stringify(options.prompt),
    emit,
    warnings,
  });
  const failed = (error: unknown, isTold = false): TollgateError =>
    failureOf(error, {
      name,
      isTold,
      begun: reply.begun,
      nowMs: call.context.clock.now(),
      facts: { partial: reply.outcome('cut'), contentDelivered: emit !== undefined && reply.begun },
    });

  const opened = open(async () => model.doStream(options), signal);
  let stream: ReadableStream<LanguageModelV4StreamPart> | undefined;
  try {
    stream = await opened;
  } catch (error) {
    throw signal?.aborted === true ? abortedBefore(name) : failed(error);
  }
  const broken = await readAll(stream, reply, signal);

  // An answer that is whole is one, whatever became of the stream or of the caller's interest afterwards.
  if (reply.complete) return reply.outcome('whole');
  if (signal?.aborted === true) return reply.outcome('aborted');
  if (reply.error !== undefined) throw failed(reply.error.value, true);
  if (broken !== undefined && saysMore(broken.error)) throw failed(broken.error);
  const code = broken === undefined ? undefined : networkFailure(broken.error).code;
  const how = broken === undefined ? 'ended' : `was cut off${code === undefined ? '' : ` (${code})`}`;
  throw new StreamTruncatedError(`${name} ${how} before its finish part: the answer is not whole.`, {
    partial: reply.outcome('cut'),
    contentDelivered: emit !== undefined && reply.begun,
    ...(broken !== undefined && { cause: new Error(withoutKeys(wordsOf(broken.error))) }),
  });
}

/** Opens the stream, or fails as soon as the caller loses interest; a stream that opens after that is cancelled. */
async function open(
  start: () => Promise<{ readonly stream: ReadableStream<LanguageModelV4StreamPart> }>,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<LanguageModelV4StreamPart>> {
  const opening = start();
  if (signal === undefined) return (await opening).stream;
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return (await Promise.race([opening, left.promise])).stream;
  } catch (error) {
    opening.then(async ({ stream }) => stream.cancel()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Reads until the answer is whole, the stream ends or breaks, or the caller loses interest. Says how it broke, where it did. */
async function readAll(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  reply: Reply,
  signal: AbortSignal | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  const reader = stream.getReader();
  const stop = (): void => {
    reader.cancel().catch(() => undefined);
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    while (!reply.ended) {
      const { done, value } = await reader.read();
      if (done) break;
      reply.read(value);
    }
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

// The request may have left before the abort: nobody knows what the engine made of it.
function abortedBefore(name: string): ModelCallError {
  return new ModelCallError(`${name} was aborted before it answered.`, { failure: 'network', dispatch: 'unknown' });
}

/** The stream broke with an error that says more than that it was cut. */
function saysMore(error: unknown): boolean {
  if (TollgateError.isInstance(error)) return true;
  return (
    error instanceof Error && ('statusCode' in error || error.name.startsWith('AI_') || error.name === 'TimeoutError')
  );
}
