import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warning } from '../../spec/result.ts';
import { checkRawOptions } from '../../transport/raw-options.ts';
import { writeBody } from '../../transport/write-body.ts';
import { writeChatRequest } from '../../wire/openai-chat/request.ts';
import type { ChatSettings } from './options.ts';

/** Fields that money was held for, or that the answer is read by. */
const reserved = ['model', 'messages', 'n', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options'];

/** The bytes of a request. */
export interface RequestBytes {
  readonly text: string;
  readonly warnings: readonly Warning[];
}

/**
 * Writes the body of one attempt, raw options last.
 *
 * @throws InvalidOptionError where raw options set a field that the request has an option for, or cannot be written as JSON.
 */
export function requestBytes(settings: ChatSettings, { request, firstSample }: LeafCall): RequestBytes {
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
  return { text: writeBody({ ...body, ...raw }), warnings };
}
