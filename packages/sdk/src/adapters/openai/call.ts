import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import type { ModelDefinition } from '../../leaf/model-definition.ts';
import { type Ended, exchange } from '../../transport/exchange.ts';
import { writeBody } from '../../transport/write-body.ts';
import { createChatReader } from '../../wire/openai-chat/stream.ts';
import { readResponsesError } from '../../wire/openai-responses/error.ts';
import type { ReplyReader } from '../../wire/reply-reader.ts';
import { createResponsesReader, type ResponsesReader } from '../../wire/openai-responses/stream.ts';
import { mayReason, requestBody } from './body.ts';
import type { OpenaiSettings } from './options.ts';

const lastWords = { responses: 'response.completed', chat: 'finish_reason' };

/** Sends attempts and reads their answers: the `call` of the model. */
export function openaiCall(settings: OpenaiSettings): ModelDefinition['call'] {
  const { api, provider, modelId } = settings;
  const origin = { provider, modelId };
  const wire = {
    settings,
    words: {
      reply: 'answer',
      end: lastWords[api],
      address: 'Is baseUrl right, version included?',
      requestId: 'x-request-id',
    },
    readError: readResponsesError,
    judge: (outcome: LeafOutcome, ended: Ended) => judged(settings, outcome, ended),
  };
  return async (call: LeafCall) => {
    const { body, warnings } = requestBody(settings, call);
    const rewrite = (): string => writeBody(requestBody(settings, call).body);
    const { emit, request } = call;
    const options = { origin, prompt: rewrite, emit };
    const reader =
      api === 'chat' ? createChatReader({ ...options, samples: request.samples ?? 1 }) : createResponsesReader(options);
    return exchange(wire, call, { sender: await settings.sender(), body, rewrite, reader, warnings });
  };
}

function judged(settings: OpenaiSettings, outcome: LeafOutcome, { end, call, reader }: Ended): LeafOutcome {
  noteCacheMiss(reader, call);
  // What was thought out of sight cannot be estimated from what was seen.
  const isGuess = end !== 'whole' && outcome.usageKnown === 'estimated' && mayReason(settings, call.request);
  return isGuess ? { ...outcome, usage: {}, usageKnown: 'upper-bound' } : outcome;
}

function noteCacheMiss(reader: ReplyReader | ResponsesReader, { context }: LeafCall): void {
  const cacheMiss = 'cacheMiss' in reader ? reader.cacheMiss : undefined;
  if (cacheMiss === undefined) return;
  const { reason, tokens } = cacheMiss;
  const values = { 'cache miss': reason, ...(tokens !== undefined && { 'cache missed tokens': tokens }) };
  context.span.add({ values });
}
