import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { writeEvent } from '../../transport/events.ts';
import { fieldsOf, listOf } from '../../wire/json-fields.ts';
import { writeChatError } from '../../wire/openai-chat/error.ts';
import { createResponsesEventWriter } from '../../wire/openai-responses/events.ts';
import { readResponsesRequest } from '../../wire/openai-responses/read-request.ts';
import { writeResponsesResponse } from '../../wire/openai-responses/response.ts';
import { eventsOf, mapEvents, type ProviderAnswers, type ProviderWire } from './provider-wire.ts';
import { refusedEvent } from './refused-event.ts';

/** Responses, from the provider's side. */
export const responsesWire: ProviderWire = {
  name: 'openai-responses',
  path: '/responses',
  requestId: 'x-request-id',
  mostSamples: 1,
  read: (body) => ({ ...readResponsesRequest(body), withUsage: true }),
  writeWhole: (head, { candidates, usage }) => writeResponsesResponse(head, first(candidates), usage),
  writeEvents: (head, answers, parts) => {
    const { content, ending } = eventsOf(createResponsesEventWriter(head), parts, answers.usage);
    const candidate = first(answers.candidates);
    if (candidate.finish.unified === 'refusal')
      return { content: content.map(refusedEvent), ending: ending.map(refusedEvent) };
    if (candidate.logprobs === undefined) return { content, ending };
    return { content: mapEvents(content, withLogprobs(answers)), ending };
  },
  writeError: writeChatError,
  writeErrorEvent: (failure, message) => {
    const error = fieldsOf(writeChatError(failure, message).body['error']);
    const data = {
      type: 'error',
      sequence_number: 0,
      code: error?.['code'] ?? error?.['type'] ?? null,
      message,
      param: null,
    };
    return writeEvent(JSON.stringify(data), 'error');
  },
};

/** All log-probabilities come with the first words. */
function withLogprobs({ candidates }: ProviderAnswers): (event: JsonObject) => JsonObject {
  const head = { id: 'any', modelId: 'any', createdAtSeconds: 0 };
  const [message] = listOf(writeResponsesResponse(head, first(candidates))['output'])
    .map((item) => fieldsOf(item) ?? {})
    .filter((item) => item['type'] === 'message');
  let logprobs = fieldsOf(listOf(message?.['content'])[0])?.['logprobs'] as JsonValue | undefined;
  return (event) => {
    if (event['type'] !== 'response.output_text.delta' || logprobs === undefined) return event;
    const changed = { ...event, logprobs };
    logprobs = undefined;
    return changed;
  };
}

function first<Value>([value]: readonly Value[]): Value {
  if (value === undefined) throw new Error('A response holds one answer.');
  return value;
}
