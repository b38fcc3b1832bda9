import { describe, expect, it } from 'vitest';
import type { CallFailure } from '../../errors/model-call-error.ts';
import { readMessagesError, readMessagesErrorField, writeMessagesError, writeMessagesErrorEvent } from './error.ts';

const body = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' });

describe('readMessagesError', () => {
  it.each<[number, { readonly type: string; readonly message: string }, CallFailure]>([
    [401, { type: 'authentication_error', message: 'invalid bearer token' }, 'auth'],
    [402, { type: 'billing_error', message: 'Your payment failed' }, 'auth'],
    [403, { type: 'permission_error', message: 'No access to this model' }, 'auth'],
    [404, { type: 'not_found_error', message: 'model: claude-0' }, 'not-found'],
    [413, { type: 'request_too_large', message: 'Request exceeds the maximum size' }, 'context-length'],
    [429, { type: 'rate_limit_error', message: 'Too many tokens a minute' }, 'rate-limit'],
    [500, { type: 'api_error', message: 'Internal server error' }, 'server'],
    [529, { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
    [400, { type: 'invalid_request_error', message: 'max_tokens: must be positive' }, 'bad-request'],
    [
      400,
      { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      'context-length',
    ],
    [
      400,
      {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      },
      'context-length',
    ],
    [400, { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' }, 'content-filter'],
    [400, { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API' }, 'auth'],
    // Bedrock has no types.
    [400, { type: '', message: 'Input is too long for requested model.' }, 'context-length'],
    // The type says it already: words of a rate limit are not looked at.
    [429, { type: 'rate_limit_error', message: 'This would exceed the usage limit of your tier' }, 'rate-limit'],
  ])('of %i %j is %s', (status, { type, message }, failure) => {
    expect(readMessagesError(status, body(type, message))).toEqual({ failure, dispatch: 'refused', message });
  });

  it('takes the status alone where the body says nothing', () => {
    expect(readMessagesError(529, '')).toEqual({
      failure: 'overloaded',
      dispatch: 'refused',
      message: 'no explanation',
    });
    expect(readMessagesError(500, 'oops')).toEqual({ failure: 'server', dispatch: 'refused', message: 'oops' });
    expect(readMessagesError(504, body('timeout_error', 'Timed out')).dispatch).toBe('unknown');
  });

  it('does not quote a page of HTML', () => {
    expect(readMessagesError(502, '<html><head><title>502 Bad Gateway</title></head></html>')).toEqual({
      failure: 'server',
      dispatch: 'refused',
      message: 'an HTML page (502 Bad Gateway), so something other than the API answered',
    });
  });

  it('makes nothing of an error without a type', () => {
    expect(readMessagesErrorField('text')).toEqual({ failure: undefined, message: undefined });
    expect(readMessagesErrorField({ type: 'toString', message: ' ' })).toEqual({
      failure: undefined,
      message: undefined,
    });
  });
});

describe('writeMessagesError', () => {
  it.each<[CallFailure, CallFailure]>([
    ['auth', 'auth'],
    ['rate-limit', 'rate-limit'],
    ['overloaded', 'overloaded'],
    ['context-length', 'context-length'],
    ['content-filter', 'content-filter'],
    ['bad-request', 'bad-request'],
    ['not-found', 'not-found'],
    ['timeout', 'timeout'],
    ['server', 'server'],
    ['network', 'server'],
    ['protocol', 'server'],
    ['engine', 'server'],
  ])('of %s is read back as %s', (failure, read) => {
    const { status, body: reply } = writeMessagesError(failure, 'something happened');
    expect(readMessagesError(status, JSON.stringify(reply))).toMatchObject({ failure: read });
  });

  it('can be an event of its own', () => {
    expect(writeMessagesErrorEvent('overloaded', 'Overloaded')).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    );
  });
});
