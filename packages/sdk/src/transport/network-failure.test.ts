import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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
    [{ code: 'HOSTNAME_MISMATCH' }, { failure: 'network', dispatch: 'not-sent' }],
    [{ code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }, { failure: 'timeout', dispatch: 'not-sent' }],
    [
      { code: 'EPROTO', syscall: 'write' },
      { failure: 'network', dispatch: 'not-sent' },
    ],
    [{ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' }, { failure: 'network', dispatch: 'not-sent' }],
    [{ code: 'ERR_SSL_NO_PROTOCOLS_AVAILABLE' }, { failure: 'network', dispatch: 'not-sent' }],
    [{ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }, { failure: 'network', dispatch: 'not-sent' }],
    [{ code: 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC' }, { failure: 'network', dispatch: 'unknown' }],
    [{ code: 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING' }, { failure: 'network', dispatch: 'unknown' }],
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

  it('knows that a port fetch blocks was never asked', async () => {
    const error: unknown = await fetch('http://127.0.0.1:6000').catch((reason: unknown) => reason);
    expect(networkFailure(error)).toEqual({ failure: 'network', dispatch: 'not-sent' });
  });

  it.each([[new TypeError('Failed to fetch')], ['a string'], [undefined], [null]])(
    'claims to know nothing about %j',
    (error) => {
      expect(networkFailure(error)).toEqual({ failure: 'network', dispatch: 'unknown' });
    },
  );

  it.each<[string, Buffer, string]>([
    ['that speaks no TLS', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'ERR_SSL_WRONG_VERSION_NUMBER'],
    // An alert of level fatal (2): handshake_failure (40).
    ['that refuses the handshake', Buffer.from([21, 3, 3, 0, 2, 2, 40]), 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
  ])('knows that a server %s was not asked', async (_, words, code) => {
    const server = createServer((socket) => socket.once('data', () => socket.end(words))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error = await fetch(`https://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).catch(
      (reason: unknown) => reason,
    );
    expect(networkFailure(error)).toEqual({ failure: 'network', dispatch: 'not-sent', code });
    server.close();
    await once(server, 'close');
  });

  it('ends on a chain of causes that bites its tail', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(networkFailure(error).dispatch).toBe('unknown');
  });
});
