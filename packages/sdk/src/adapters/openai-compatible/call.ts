import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { ModelDefinition } from '../../leaf/model-definition.ts';
import { exchange } from '../../transport/exchange.ts';
import { readKey } from '../../transport/key.ts';
import { postingSender } from '../../transport/outgoing.ts';
import { oneForEachKey, type Sender } from '../../transport/sender.ts';
import { writeBody } from '../../transport/write-body.ts';
import { readChatError } from '../../wire/openai-chat/error.ts';
import { createChatReader } from '../../wire/openai-chat/stream.ts';
import { requestBody } from './body.ts';
import type { ChatSettings } from './options.ts';

const words = {
  reply: 'chat completion',
  end: 'finish_reason',
  address: 'Is baseUrl right, version included?',
  requestId: 'x-request-id',
};

/** Sends attempts and reads their answers: the `call` of the model. */
export function chatCall(settings: ChatSettings): ModelDefinition['call'] {
  const wire = { settings, words, readError: readChatError };
  const origin = { provider: settings.provider, modelId: settings.modelId };
  const senderFor = oneForEachKey(
    () => readKey(settings.apiKey),
    (key) => senderOf(settings, key),
  );
  return async (call: LeafCall) => {
    const { body, warnings } = requestBody(settings, call);
    const rewrite = (): string => writeBody(requestBody(settings, call).body);
    const { emit, request } = call;
    const reader = createChatReader({ samples: request.samples ?? 1, origin, prompt: rewrite, emit });
    return exchange(wire, call, { sender: await senderFor(), body, rewrite, reader, warnings });
  };
}

function senderOf({ url, fetch, headers }: ChatSettings, key: string | undefined): Sender {
  return postingSender({
    url,
    fetch,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    secrets: key === undefined ? [] : [key],
  });
}
