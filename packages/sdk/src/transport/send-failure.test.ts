import { describe, expect, it } from 'vitest';
import { connectionFailure, libraryFailure } from './send-failure.ts';

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });

/** An error as the official libraries make them. */
function libraryError(message: string, facts: { readonly status?: number; readonly error?: unknown }): Error {
  return Object.assign(new Error(message), { status: undefined, headers: undefined, error: undefined, ...facts });
}

describe('connectionFailure', () => {
  it('says whether the server was reached, and how it was not', () => {
    expect(connectionFailure(new TypeError('fetch failed', { cause: refused }))).toMatchObject({
      what: 'could not be reached (ECONNREFUSED)',
      facts: { failure: 'network', dispatch: 'not-sent' },
    });
    expect(connectionFailure(new TypeError('fetch failed'))).toMatchObject({
      what: 'broke off before it answered',
      facts: { failure: 'network', dispatch: 'unknown' },
    });
  });
});

describe('libraryFailure', () => {
  it('leaves errors that come of neither a reply nor a connection to others', () => {
    expect(libraryFailure(new TypeError('circular'), 'body')).toBeUndefined();
    expect(libraryFailure('status', 'error')).toBeUndefined();
  });

  it('looks through the error of the library for what broke the connection', () => {
    const error = Object.assign(libraryError('Connection error.', {}), { cause: refused });
    expect(libraryFailure(error, 'error')).toEqual(connectionFailure(refused));
    const silent = libraryError('Connection error.', {});
    expect(libraryFailure(silent, 'error')).toEqual(connectionFailure(silent));
  });

  it('gives the body back as it came, whatever the library kept of it', () => {
    const error = libraryError('429 Slow down', { status: 429, error: { message: 'Slow down' } });
    expect(libraryFailure(error, 'error')).toMatchObject({ status: 429, body: '{"error":{"message":"Slow down"}}' });
    expect(libraryFailure(error, 'body')).toMatchObject({ status: 429, body: '{"message":"Slow down"}' });
    expect(libraryFailure(libraryError('502 <html>', { status: 502 }), 'body')).toMatchObject({ body: '<html>' });
    expect(libraryFailure(libraryError('500 status code (no body)', { status: 500 }), 'body')).toMatchObject({
      body: '',
    });
  });
});
