import { describe, expect, it } from 'vitest';
import { networkFailure } from './network-failure.ts';

function fetchFailed(facts: { readonly code?: string; readonly syscall?: string }): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('cause'), facts) });
}

describe('networkFailure', () => {
  it.each([
    [
      { code: 'ECONNREFUSED', syscall: 'connect' },
      { failure: 'network', dispatch: 'not-sent' },
    ],
    [{ code: 'ECONNREFUSED' }, { failure: 'network', dispatch: 'not-sent' }],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
      { failure: 'network', dispatch: 'not-sent' },
    ],
    [
      { code: 'ETIMEDOUT', syscall: 'connect' },
      { failure: 'timeout', dispatch: 'not-sent' },
    ],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, { failure: 'timeout', dispatch: 'not-sent' }],
    [{ code: 'CERT_HAS_EXPIRED' }, { failure: 'network', dispatch: 'not-sent' }],
    [{ code: 'ECONNRESET' }, { failure: 'network', dispatch: 'unknown' }],
    [
      { code: 'ETIMEDOUT', syscall: 'read' },
      { failure: 'timeout', dispatch: 'unknown' },
    ],
    [{ code: 'UND_ERR_SOCKET' }, { failure: 'network', dispatch: 'unknown' }],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, { failure: 'timeout', dispatch: 'unknown' }],
  ])('%j → %j', (facts, expected) => {
    expect(networkFailure(fetchFailed(facts))).toEqual({ ...expected, code: facts.code });
  });

  it.each([[new TypeError('Failed to fetch')], ['a string'], [undefined], [null]])(
    'claims to know nothing about %j',
    (error) => {
      expect(networkFailure(error)).toEqual({ failure: 'network', dispatch: 'unknown' });
    },
  );

  it('ends on a chain of causes that bites its tail', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(networkFailure(error).dispatch).toBe('unknown');
  });
});
