import { defaultFetch } from '#default-fetch';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { exchange } from '../../transport/exchange.ts';
import { readKey } from '../../transport/key.ts';
import { readChatError } from '../../wire/openai-chat/error.ts';
import { createChatReader } from '../../wire/openai-chat/stream.ts';
import { requestBytes } from './body.ts';
import type { ChatSettings } from './options.ts';

const words = {
  reply: 'chat completion',
  end: 'finish_reason',
  address: 'Is baseUrl right, version included?',
  requestId: 'x-request-id',
};

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callChat(settings: ChatSettings, call: LeafCall): Promise<LeafOutcome> {
  const { provider, modelId } = settings;
  const { text: body, warnings } = requestBytes(settings, call);
  const key = await readKey(settings.apiKey);
  return exchange(call, {
    settings,
    words,
    warnings,
    send: (signal) => {
      const send = settings.fetch ?? defaultFetch;
      return send(settings.url, { method: 'POST', headers: headersFor(settings, key), body, signal });
    },
    readError: readChatError,
    reader: createChatReader({
      samples: call.request.samples ?? 1,
      origin: { provider, modelId },
      prompt: () => body,
      emit: call.emit,
    }),
    secrets: () => (key === undefined ? [] : [key]),
  });
}

function headersFor({ headers }: ChatSettings, key: string | undefined): { readonly [name: string]: string } {
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...headers,
  };
}
