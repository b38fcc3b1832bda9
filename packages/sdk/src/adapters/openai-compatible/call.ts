import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { exchange, type ExchangeOptions } from '../../transport/exchange.ts';
import { post, type OutgoingOptions } from '../../transport/outgoing.ts';
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
  const { text, warnings } = requestBytes(settings, call);
  // Nothing holds a whole prompt while its answer comes: where it is needed again, which is rare, it is written again.
  const rewrite = (): string => requestBytes(settings, call).text;
  const key = await readKey(settings.apiKey);
  return exchange(call, {
    settings,
    words,
    warnings,
    send: sending(settings, { headers: headersFor(settings, key), text, rewrite }),
    readError: readChatError,
    reader: createChatReader({
      samples: call.request.samples ?? 1,
      origin: { provider, modelId },
      prompt: rewrite,
      emit: call.emit,
    }),
    secrets: () => (key === undefined ? [] : [key]),
  });
}

// By itself, so that nothing else that lives as long as the call holds the body.
function sending(settings: ChatSettings, options: Omit<OutgoingOptions, 'watch'>): ExchangeOptions['send'] {
  return (watch) => post(settings, { ...options, watch });
}

function headersFor({ headers }: ChatSettings, key: string | undefined): { readonly [name: string]: string } {
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...headers,
  };
}
