import { describe, expect, it } from 'vitest';
import { writeChatError } from '../openai-chat/error.ts';
import { readResponsesError, readResponsesErrorField } from './error.ts';

describe('readResponsesError', () => {
  it.each([
    [401, 'invalid_api_key', 'auth'],
    [429, 'rate_limit_exceeded', 'rate-limit'],
    [429, 'insufficient_quota', 'auth'],
    [400, 'context_length_exceeded', 'context-length'],
    [400, 'invalid_prompt', 'content-filter'],
    [400, 'image_content_policy_violation', 'content-filter'],
    [400, 'invalid_image_format', 'bad-request'],
    [404, 'model_not_found', 'not-found'],
    [500, 'server_error', 'server'],
  ])('reads %i with %s as %s', (status, code, failure) => {
    const body = JSON.stringify({ error: { message: 'No.', type: 'error', param: null, code } });
    expect(readResponsesError(status, body)).toEqual({ failure, dispatch: 'refused', message: 'No.' });
  });

  it('reads bodies that are no JSON', () => {
    expect(readResponsesError(502, '<html><title>Bad Gateway</title></html>').message).toContain('Bad Gateway');
    expect(readResponsesError(503, '').failure).toBe('overloaded');
  });

  it('reads what chat completions write: the two share their errors', () => {
    for (const failure of [
      'auth',
      'rate-limit',
      'overloaded',
      'context-length',
      'content-filter',
      'not-found',
    ] as const) {
      const { status, body } = writeChatError(failure, 'No.');
      expect(readResponsesError(status, JSON.stringify(body)).failure).toBe(failure);
    }
  });
});

describe('readResponsesErrorField', () => {
  it('knows the codes of failed responses, and has words for anything', () => {
    expect(readResponsesErrorField({ code: 'bio_policy', message: 'No.' }).failure).toBe('content-filter');
    expect(readResponsesErrorField({ code: 'vector_store_timeout', message: 'Late.' }).failure).toBe('server');
    expect(readResponsesErrorField({ code: 'failed_to_download_image', message: 'Gone.' }).failure).toBe('bad-request');
    expect(readResponsesErrorField({})).toEqual({ failure: 'server', message: 'no explanation' });
  });
});
