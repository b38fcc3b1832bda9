import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { exchange } from '../../transport/exchange.ts';
import { sendingOf } from '../../transport/official-client.ts';
import { readMessagesError } from '../../wire/anthropic-messages/error.ts';
import { createMessagesReader } from '../../wire/anthropic-messages/stream.ts';
import { requestBody } from './body.ts';
import type { ReadyClient } from './client.ts';
import type { AnthropicSettings } from './options.ts';
import { sendFailure } from './send-failure.ts';

const words = { reply: 'message', end: 'stop_reason', address: 'Is baseUrl right?', requestId: 'request-id' };

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callMessages(
  settings: AnthropicSettings,
  clientFor: () => Promise<ReadyClient>,
  call: LeafCall,
): Promise<LeafOutcome> {
  const { provider, modelId } = settings;
  const remake = (): object => requestBody(settings, call).body;
  const { body, warnings } = requestBody(settings, call);
  const { send, secrets } = await clientFor();
  return exchange(call, {
    settings,
    words,
    warnings,
    send: sendingOf(send, { body, remake }),
    ...(settings.client !== undefined && { sendFailure }),
    readError: readMessagesError,
    reader: createMessagesReader({
      origin: { provider, modelId },
      prompt: () => JSON.stringify(remake()),
      emit: call.emit,
    }),
    secrets: () => secrets,
  });
}
