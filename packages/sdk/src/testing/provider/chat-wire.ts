import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { writeEvent } from '../../transport/events.ts';
import { fieldsOf, listOf } from '../../wire/json-fields.ts';
import { createChatChunkWriter } from '../../wire/openai-chat/chunks.ts';
import { writeChatError } from '../../wire/openai-chat/error.ts';
import { readChatRequest } from '../../wire/openai-chat/read-request.ts';
import { writeChatResponse } from '../../wire/openai-chat/response.ts';
import { eventsOf, mapEvents, type ProviderAnswers, type ProviderHead, type ProviderWire } from './provider-wire.ts';

/** Chat completions, from the provider's side. */
export const chatWire: ProviderWire = {
  name: 'openai-chat',
  path: '/chat/completions',
  requestId: 'x-request-id',
  mostSamples: 128,
  read: (body) => {
    const { request, modelId, stream, includeUsage } = readChatRequest(body);
    return { request, modelId, stream, withUsage: !stream || includeUsage };
  },
  writeWhole,
  writeEvents: (head, answers, parts) => {
    const { content, ending } = eventsOf(createChatChunkWriter(head), parts, answers.usage);
    return { content: mapEvents(content, completeChunk(head, answers)), ending };
  },
  writeError: writeChatError,
  writeErrorEvent: (failure, message) => writeEvent(JSON.stringify(writeChatError(failure, message).body)),
};

function writeWhole(head: ProviderHead, { candidates, usage }: ProviderAnswers): JsonObject {
  const body = writeChatResponse(head, candidates, usage);
  const choices = listOf(body['choices']).map((choice, i) => {
    if (candidates[i]?.finish.unified !== 'refusal') return choice as JsonObject;
    const message = fieldsOf(fieldsOf(choice)?.['message']) ?? {};
    return {
      ...(choice as JsonObject),
      message: { ...message, content: null, refusal: message['content'] } as JsonObject,
    };
  });
  return { ...body, choices };
}

/** What the writer of a stream cannot know while it writes: that a text is a refusal, and log-probabilities. */
function completeChunk(head: ProviderHead, answers: ProviderAnswers): (chunk: JsonObject) => JsonObject {
  const logprobs = new Map<unknown, JsonValue | undefined>();
  for (const choice of listOf(writeChatResponse(head, answers.candidates)['choices'])) {
    const { index, logprobs: all } = choice as { readonly index: number; readonly logprobs?: JsonValue };
    logprobs.set(index, all);
  }
  return (chunk) => ({
    ...chunk,
    choices: listOf(chunk['choices']).map((each) => {
      const choice = each as { readonly index: number; readonly delta: JsonObject };
      const { content } = choice.delta;
      if (typeof content !== 'string' || content === '') return choice;
      const { content: _, ...delta } = choice.delta;
      const refused = answers.candidates[choice.index]?.finish.unified === 'refusal';
      const known = logprobs.get(choice.index);
      logprobs.delete(choice.index);
      return {
        ...choice,
        delta: refused ? { ...delta, refusal: content } : choice.delta,
        ...(known !== undefined && { logprobs: known }),
      };
    }),
  });
}
