import type { CallFailure } from '../../errors/model-call-error.ts';
import type { ReplyFailure } from '../../transport/reply-failure.ts';
import { fieldsOf } from '../json-fields.ts';
import { readChatError, readChatErrorField } from '../openai-chat/error.ts';

// Codes that only this API has; the others are those of chat completions, as is the shape around them.
const failureByCode: { readonly [code: string]: CallFailure } = {
  invalid_prompt: 'content-filter',
  bio_policy: 'content-filter',
  misalignment_policy_violation: 'content-filter',
  image_content_policy_violation: 'content-filter',
  data_residency_mismatch: 'bad-request',
  failed_to_download_image: 'bad-request',
  unsupported_image_media_type: 'bad-request',
};

/** Says what an error reply means: its status, and its body, which need not be JSON. */
export function readResponsesError(status: number, body: string): ReplyFailure {
  const failure = readChatError(status, body);
  return { ...failure, failure: failureOfCode(errorOf(body)) ?? failure.failure };
}

/** Says what an error inside a reply of status 200 means: the `error` of a failed response, or an event of type `error`. */
export function readResponsesErrorField(value: unknown): Omit<ReplyFailure, 'dispatch'> {
  const failure = readChatErrorField(value);
  return { ...failure, failure: failureOfCode(value) ?? failure.failure };
}

function failureOfCode(error: unknown): CallFailure | undefined {
  const code = fieldsOf(error)?.['code'];
  if (typeof code !== 'string') return undefined;
  if (Object.hasOwn(failureByCode, code)) return failureByCode[code];
  return /image/.test(code) ? 'bad-request' : undefined;
}

function errorOf(body: string): unknown {
  try {
    return fieldsOf(JSON.parse(body))?.['error'];
  } catch {
    return undefined;
  }
}
