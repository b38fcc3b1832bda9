import type { CallFailure, Dispatch } from '../errors/model-call-error.ts';

/** What a failed connection means for the attempt. */
export interface NetworkFailure {
  readonly failure: Extract<CallFailure, 'network' | 'timeout'>;
  readonly dispatch: Exclude<Dispatch, 'refused'>;
  /** The system's word for it, for example `ECONNREFUSED`. */
  readonly code?: string;
}

// No connection, no request: the name was not found, nobody listened, the other side's certificate was no good, or the two
// found no way to speak TLS.
const neverConnected = [
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)/,
  /^(?:ERR_TLS_CERT|ERR_TLS_HANDSHAKE|CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_C|SELF_SIGNED_|UNABLE_TO_)/,
  /^(?:HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/,
  // Words of the handshake only: a record that is damaged later (BAD_RECORD_MAC, UNEXPECTED_EOF) proves nothing.
  /^(?:EPROTO$|ERR_SSL_.*(?:VERSION|HANDSHAKE|CERT|CIPHER|PROTOCOLS|SUPPORTED_PROTOCOL|UNKNOWN_|UNRECOGNIZED_NAME|HTTP_REQUEST))/,
];

/**
 * Sorts what `fetch` failed with. Only failures of making the connection prove that nothing was sent; where `fetch` does
 * not say (other runtimes, other implementations), the outcome is unknown.
 */
export function networkFailure(error: unknown): NetworkFailure {
  const cause = deepestCause(error);
  const code = typeof cause['code'] === 'string' ? cause['code'] : undefined;
  const connecting = cause['syscall'] === 'connect' || cause['syscall'] === 'getaddrinfo';
  // The Fetch standard blocks some ports, such as 6000, before it connects; Node says so without a code.
  const blocked = cause['message'] === 'bad port';
  const notSent = connecting || blocked || (code !== undefined && neverConnected.some((codes) => codes.test(code)));
  return {
    failure: code !== undefined && /TIMEOUT|TIMEDOUT/.test(code) ? 'timeout' : 'network',
    dispatch: notSent ? 'not-sent' : 'unknown',
    ...(code !== undefined && { code }),
  };
}

function deepestCause(error: unknown): { readonly [key: string]: unknown } {
  let deepest: unknown = error;
  // Chains of causes are short; the limit is for a chain that bites its tail.
  for (let depth = 0; depth < 8; depth += 1) {
    const next = (deepest as { readonly cause?: unknown } | undefined)?.cause;
    if (typeof next !== 'object' || next === null) break;
    deepest = next;
  }
  return typeof deepest === 'object' && deepest !== null ? (deepest as { readonly [key: string]: unknown }) : {};
}
