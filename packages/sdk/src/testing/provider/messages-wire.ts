import { writeMessagesError, writeMessagesErrorEvent } from '../../wire/anthropic-messages/error.ts';
import { createMessagesEventWriter } from '../../wire/anthropic-messages/events.ts';
import { readMessagesRequest } from '../../wire/anthropic-messages/read-request.ts';
import { writeMessagesResponse } from '../../wire/anthropic-messages/response.ts';
import { eventsOf, type ProviderWire } from './provider-wire.ts';

/** Anthropic's Messages, from the provider's side. */
export const messagesWire: ProviderWire = {
  name: 'anthropic-messages',
  path: '/messages',
  requestId: 'request-id',
  mostSamples: 1,
  read: (body) => ({ ...readMessagesRequest(body), withUsage: true }),
  writeWhole: (head, { candidates: [candidate], usage }) => {
    if (candidate === undefined) throw new Error('A message holds one answer.');
    return writeMessagesResponse(head, candidate, usage);
  },
  writeEvents: (head, { usage }, parts) => eventsOf(createMessagesEventWriter(head), parts, usage),
  writeError: writeMessagesError,
  writeErrorEvent: writeMessagesErrorEvent,
};
