import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { exchange } from '../../transport/exchange.ts';
import { sendingOf } from '../../transport/official-client.ts';
import { type ChatReader, createChatReader } from '../../wire/openai-chat/stream.ts';
import { readResponsesError } from '../../wire/openai-responses/error.ts';
import { type CacheMiss, createResponsesReader, type ResponsesReader } from '../../wire/openai-responses/stream.ts';
import { requestBody } from './body.ts';
import type { OpenaiSettings } from './options.ts';
import { sendFailure } from './send-failure.ts';

const lastWords = { responses: 'response.completed', chat: 'finish_reason' };

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callOpenai(settings: OpenaiSettings, call: LeafCall): Promise<LeafOutcome> {
  const { api } = settings;
  const remake = (): object => requestBody(settings, call).body;
  const { body, warnings, mayReason } = requestBody(settings, call);
  const ready = await settings.client();
  const reader = readerFor(settings, call, () => JSON.stringify(remake()));
  return exchange(call, {
    settings,
    words: {
      reply: 'answer',
      end: lastWords[api],
      address: 'Is baseUrl right, version included?',
      requestId: 'x-request-id',
    },
    warnings,
    send: sendingOf(ready.send, { body, remake }),
    ...(ready.isForeign && { sendFailure }),
    readError: readResponsesError,
    reader,
    judge: (outcome, end) => {
      if ('cacheMiss' in reader) noteCacheMiss(reader.cacheMiss, call);
      // What was thought out of sight cannot be estimated from what was seen.
      const isGuess = end !== 'whole' && outcome.usageKnown === 'estimated' && mayReason;
      return isGuess ? { ...outcome, usage: {}, usageKnown: 'upper-bound' } : outcome;
    },
    secrets: () => (ready.key === undefined ? [] : [ready.key]),
  });
}

function readerFor(
  { api, provider, modelId }: OpenaiSettings,
  { request, emit }: LeafCall,
  prompt: () => string,
): ChatReader | ResponsesReader {
  const options = { origin: { provider, modelId }, prompt, emit };
  return api === 'chat'
    ? createChatReader({ ...options, samples: request.samples ?? 1 })
    : createResponsesReader(options);
}

function noteCacheMiss(cacheMiss: CacheMiss | undefined, { context }: LeafCall): void {
  if (cacheMiss === undefined) return;
  const { reason, tokens } = cacheMiss;
  const values = { 'cache miss': reason, ...(tokens !== undefined && { 'cache missed tokens': tokens }) };
  context.span.add({ values });
}
