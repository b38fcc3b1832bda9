import { canonicalJson, type GenerateRequest, type Model } from '@tollgate/sdk';

/**
 * Names a request to a model exactly: every field that can change an answer, as the caller wrote it. 64 hexadecimal digits,
 * or undefined where the request holds something that has no value of its own (a schema with a validator of the caller's).
 */
export async function responseKey(model: Model, request: GenerateRequest): Promise<string | undefined> {
  const {
    signal: _signal,
    context: _context,
    includeRaw: _raw,
    sessionKey: _session,
    messages,
    samples = 1,
    ...fields
  } = request;
  if (request.includeRaw === true || hasCode(fields)) return undefined;
  const normalised = {
    ...fields,
    samples,
    model: { provider: model.provider, modelId: model.modelId },
    messages: messages.map(({ content, ...message }) => ({
      ...message,
      content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    })),
  };
  const bytes = new TextEncoder().encode(canonicalJson(normalised));
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function hasCode(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return '~standard' in value || Object.values(value).some(hasCode);
}
