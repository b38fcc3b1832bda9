import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { ModelDefinition } from '../../leaf/model-definition.ts';
import { exchange } from '../../transport/exchange.ts';
import { writeBody } from '../../transport/write-body.ts';
import { readMessagesError } from '../../wire/anthropic-messages/error.ts';
import { createMessagesReader } from '../../wire/anthropic-messages/stream.ts';
import { requestBody } from './body.ts';
import { senderSource } from './client.ts';
import type { AnthropicSettings } from './options.ts';

const words = { reply: 'message', end: 'stop_reason', address: 'Is baseUrl right?', requestId: 'request-id' };

/** Sends attempts and reads their answers: the `call` of the model. */
export function messagesCall(settings: AnthropicSettings): ModelDefinition['call'] {
  const wire = { settings, words, readError: readMessagesError };
  const origin = { provider: settings.provider, modelId: settings.modelId };
  const senderFor = senderSource(settings);
  return async (call: LeafCall) => {
    const { body, warnings } = requestBody(settings, call);
    const rewrite = (): string => writeBody(requestBody(settings, call).body);
    const reader = createMessagesReader({ origin, prompt: rewrite, emit: call.emit });
    return exchange(wire, call, { sender: await senderFor(), body, rewrite, reader, warnings });
  };
}
