import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warning } from '../../spec/result.ts';
import { checkRawOptions } from '../../transport/raw-options.ts';
import { writeChatRequest } from '../../wire/openai-chat/request.ts';
import type { ChatSettings } from './options.ts';

/** Fields that money was held for, or that the answer is read by. */
const reserved = ['model', 'messages', 'n', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options'];

/** What is sent, and what of the request it leaves out. */
export interface RequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/**
 * Writes the body of one attempt, raw options last.
 *
 * @throws InvalidOptionError where raw options set a field that the request has an option for.
 */
export function requestBody(settings: ChatSettings, { request, firstSample }: LeafCall): RequestBody {
  const { body, warnings } = writeChatRequest(request, {
    origin: settings,
    capabilities: settings.capabilities,
    firstSample,
  });
  const raw: JsonObject = {
    ...request.providerOptions?.['openai-compatible'],
    ...request.providerOptions?.[settings.provider],
  };
  checkRawOptions(raw, reserved);
  return { body: { ...body, ...raw }, warnings };
}
