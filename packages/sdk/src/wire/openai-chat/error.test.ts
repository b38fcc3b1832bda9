import { describe, expect, it } from 'vitest';
import type { CallFailure } from '../../errors/model-call-error.ts';
import { readChatError, readChatErrorField, writeChatError } from './error.ts';

const json = (value: unknown): string => JSON.stringify(value);

describe('readChatError', () => {
  it.each([
    [401, json({ error: { message: 'Incorrect API key', code: 'invalid_api_key' } }), 'auth', 'Incorrect API key'],
    [429, json({ error: { message: 'Slow down', type: 'rate_limit_error' } }), 'rate-limit', 'Slow down'],
    [429, json({ error: { message: 'No credit', code: 'insufficient_quota' } }), 'auth', 'No credit'],
    [402, json({ error: { message: 'Pay first' } }), 'auth', 'Pay first'],
    [400, json({ error: { message: 'Too long', code: 'context_length_exceeded' } }), 'context-length', 'Too long'],
    [
      400,
      json({ error: { code: 400, message: 'the request exceeds the size', type: 'exceed_context_size_error' } }),
      'context-length',
      'the request exceeds the size',
    ],
    [
      400,
      json({
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
      }),
      'context-length',
      "This model's maximum context length is 4096 tokens.",
    ],
    [400, json({ error: { message: 'Flagged', code: 'content_filter' } }), 'content-filter', 'Flagged'],
    [400, json({ error: { message: 'No such field', type: 'invalid_request_error' } }), 'bad-request', 'No such field'],
    [422, json({ detail: 'n must be positive' }), 'bad-request', 'n must be positive'],
    [404, json({ error: 'model "x" not found' }), 'not-found', 'model "x" not found'],
    [
      503,
      json({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }),
      'overloaded',
      'Loading model',
    ],
    [500, json({ error: { message: null } }), 'server', '{"error":{"message":null}}'],
    [500, 'Internal Server Error\n', 'server', 'Internal Server Error'],
    [500, '', 'server', 'no explanation'],
    [500, json(['odd']), 'server', '["odd"]'],
  ])('%i %s → %s', (...[status, body, failure, message]) => {
    expect(readChatError(status, body)).toEqual({ failure, dispatch: 'refused', message });
  });

  it('does not know the outcome where a gateway gave up waiting', () => {
    expect(readChatError(504, '<html><title>504</title></html>')).toEqual({
      failure: 'timeout',
      dispatch: 'unknown',
      message: 'an HTML page (504), so something other than the API answered',
    });
  });

  it.each([
    'auth',
    'rate-limit',
    'overloaded',
    'context-length',
    'content-filter',
    'bad-request',
    'not-found',
    'server',
    'timeout',
  ] satisfies CallFailure[])('reads back what writeChatError wrote for %s', (failure) => {
    const { status, body } = writeChatError(failure, 'Because.');
    expect(readChatError(status, json(body))).toMatchObject({ failure, message: 'Because.' });
  });
});

describe('readChatErrorField', () => {
  it.each([
    [{ message: 'Upstream is gone', code: 502 }, 'server'],
    [{ message: 'Slow down', code: 429 }, 'rate-limit'],
    [{ message: 'Busy', type: 'overloaded_error' }, 'overloaded'],
    [{ message: 'No', type: 'invalid_request_error' }, 'bad-request'],
    [{ message: 'prompt is too long: 9000 tokens' }, 'context-length'],
    ['just words', 'server'],
    [{}, 'server'],
    [true, 'server'],
  ])('%j → %s', (field, failure) => {
    expect(readChatErrorField(field).failure).toBe(failure);
  });
});
