import type { CallFailure, Dispatch, UsageKnown } from '@tollgate/sdk';
import type { ProviderReplies, ProviderReply } from '@tollgate/sdk/testing';
import { bytesOf } from './bytes-of.ts';

/** The answer of every fault that is none. */
export const answerText = 'It is 97 🦉';

/** What a fault comes to: an answer all the same, or an error. */
export type Outcome =
  | { readonly answer: string }
  | {
      readonly error: 'ModelCallError' | 'StreamTruncatedError' | 'AbortedError';
      readonly failure?: CallFailure;
      readonly dispatch?: Dispatch;
      /** How the usage that is charged is known; absent where nothing is charged. */
      readonly charged?: UsageKnown;
      /** Text that had arrived, and is kept in the error. */
      readonly partial?: string;
      readonly retryAfterMs?: number;
      /** Words of the message. */
      readonly message?: RegExp;
      /** `withRetry` tries again. */
      readonly retried: boolean;
    };

/** One fault. The table in the guide is written from these rows, and the tests run them. */
export interface Fault {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly happens: string;
  /** Where it goes. @defaultValue a provider server on this machine */
  readonly to?: 'unknown host' | 'closed port' | 'plain server by https' | 'server by proxy' | 'server by closed proxy';
  /** What the server does. @defaultValue it answers */
  readonly replies?: ProviderReplies;
  readonly idleTimeoutMs?: number;
  readonly timeoutMs?: number;
  /** When the caller aborts. */
  readonly aborts?: 'before the headers' | 'in the middle';
  readonly outcome: Outcome;
}

const free = { dispatch: 'refused', retried: false } as const;
const unknown = { dispatch: 'unknown', retried: false } as const;
const page = '<!doctype html><html><head><title>Bad Gateway</title></head><body>nginx</body></html>';
const html = { 'content-type': 'text/html' };
const giant = 'x'.repeat(8 * 1024 * 1024);

function always(reply: ProviderReply): ProviderReplies {
  return () => reply;
}

/** Every fault of a hosted call that we know of. */
export const faults: readonly Fault[] = [
  {
    name: 'DNS failure',
    happens: 'The name of the server cannot be resolved.',
    to: 'unknown host',
    outcome: {
      error: 'ModelCallError',
      failure: 'network',
      dispatch: 'not-sent',
      message: /could not be reached \((?:ENOTFOUND|EAI_AGAIN)\)/,
      retried: true,
    },
  },
  {
    name: 'refused connection',
    happens: 'Nothing listens on the port.',
    to: 'closed port',
    outcome: {
      error: 'ModelCallError',
      failure: 'network',
      dispatch: 'not-sent',
      message: /could not be reached \(ECONNREFUSED\)/,
      retried: true,
    },
  },
  {
    name: 'TLS error',
    happens: 'The server does not speak TLS, or its certificate is not trusted.',
    to: 'plain server by https',
    outcome: { error: 'ModelCallError', failure: 'network', dispatch: 'not-sent', retried: true },
  },
  {
    name: 'slow headers',
    happens: 'The server takes the request and says nothing for `idleTimeoutMs`.',
    replies: always({ text: 'late', headersAfterMs: 60_000 }),
    idleTimeoutMs: 60,
    outcome: {
      error: 'ModelCallError',
      failure: 'timeout',
      charged: 'upper-bound',
      message: /was silent for idleTimeoutMs \(60\)/,
      ...unknown,
    },
  },
  {
    name: 'stalled stream',
    happens: 'The answer begins, and nothing more comes for `idleTimeoutMs`.',
    replies: always({ text: answerText, breaks: { after: 'content', by: 'stall' } }),
    idleTimeoutMs: 60,
    outcome: {
      error: 'ModelCallError',
      failure: 'timeout',
      charged: 'estimated',
      partial: answerText,
      message: /was silent for idleTimeoutMs \(60\)/,
      ...unknown,
    },
  },
  {
    name: 'slow answer',
    happens: 'The answer keeps coming, and is not whole after `timeoutMs`.',
    replies: always({ text: 'and so on '.repeat(200), everyMs: 10 }),
    timeoutMs: 80,
    outcome: {
      error: 'ModelCallError',
      failure: 'timeout',
      charged: 'estimated',
      message: /took longer than timeoutMs \(80\)/,
      ...unknown,
    },
  },
  {
    name: 'slow answer with signs of life',
    happens: 'The answer takes longer than `idleTimeoutMs`, and never falls silent for so long.',
    replies: always({ text: answerText, everyMs: 150 }),
    idleTimeoutMs: 900,
    outcome: { answer: answerText },
  },
  {
    name: 'socket cut before the headers',
    happens: 'The connection is lost after the request was sent.',
    replies: always({ text: answerText, breaks: { after: 'nothing', by: 'cut' } }),
    outcome: { error: 'ModelCallError', failure: 'network', charged: 'upper-bound', ...unknown },
  },
  {
    name: 'socket cut in the middle',
    happens: 'The connection is lost while the answer comes.',
    replies: always({ text: answerText, breaks: { after: 'content', by: 'cut' } }),
    outcome: {
      error: 'StreamTruncatedError',
      failure: 'protocol',
      charged: 'estimated',
      partial: answerText,
      message: /was cut off \(\w+\) before its/,
      ...unknown,
    },
  },
  {
    name: 'socket cut inside a character',
    happens: 'The connection is lost between two bytes of one character; nothing is misread.',
    replies: async (call) => {
      const bytes = await bytesOf(call, answerText);
      return { body: bytes.subarray(0, bytes.indexOf('🦉') + 2), breaks: { after: 'everything', by: 'cut' } };
    },
    outcome: {
      error: 'StreamTruncatedError',
      failure: 'protocol',
      charged: 'estimated',
      partial: 'It is 97',
      ...unknown,
    },
  },
  {
    name: 'socket cut after the terminal event',
    happens: 'The connection is lost when all was said.',
    replies: always({ text: answerText, breaks: { after: 'everything', by: 'cut' } }),
    outcome: { answer: answerText },
  },
  {
    name: 'silent end',
    happens: 'The stream ends as if it were whole, without its terminal event.',
    replies: always({ text: answerText, breaks: { after: 'content', by: 'end' } }),
    outcome: {
      error: 'StreamTruncatedError',
      failure: 'protocol',
      charged: 'estimated',
      partial: answerText,
      message: /ended before its/,
      ...unknown,
    },
  },
  {
    name: 'server that stays on the line',
    happens: 'All was said, and the connection stays open.',
    replies: always({ text: answerText, breaks: { after: 'everything', by: 'stall' } }),
    outcome: { answer: answerText },
  },
  {
    name: 'malformed JSON',
    happens: 'An event is no JSON.',
    replies: always({ body: 'data: {"oops\n\n' }),
    outcome: { error: 'ModelCallError', failure: 'protocol', charged: 'upper-bound', message: /\{"oops/, ...unknown },
  },
  {
    name: 'malformed UTF-8 across reads',
    happens: 'A character is broken off between two reads; the bytes become U+FFFD.',
    replies: async (call) => {
      const bytes = await bytesOf(call, { text: `It is # 97 🦉` });
      const broken = bytes.indexOf('#'.charCodeAt(0));
      const body = Buffer.concat([bytes.subarray(0, broken), Buffer.from([0xf0, 0x9f]), bytes.subarray(broken + 1)]);
      // Texts are said twice in some formats: the other times they are whole.
      return {
        body: Buffer.from(body.toString('latin1').replaceAll('#', '\u00ef\u00bf\u00bd'), 'latin1'),
        splitAt: [broken + 1],
        everyMs: 10,
      };
    },
    outcome: { answer: 'It is \uFFFD 97 🦉' },
  },
  {
    name: 'giant event',
    happens: 'One event holds 8 MB of text.',
    replies: always({ text: giant }),
    outcome: { answer: giant },
  },
  {
    name: 'error event in the middle',
    happens: 'The answer begins, and an event tells that the engine failed.',
    replies: always({
      text: answerText,
      breaks: { after: 'content', by: 'error', failure: 'overloaded', message: 'Busy.' },
    }),
    outcome: {
      error: 'ModelCallError',
      failure: 'overloaded',
      charged: 'estimated',
      partial: answerText,
      message: /failed while it answered: Busy\./,
      ...unknown,
    },
  },
  {
    name: 'error event first',
    happens: 'Status 200, and the first event tells that the engine does not answer.',
    replies: always({
      text: answerText,
      breaks: { after: 'headers', by: 'error', failure: 'overloaded', message: 'Busy.' },
    }),
    outcome: { error: 'ModelCallError', failure: 'overloaded', message: /Busy\./, ...free, retried: true },
  },
  {
    name: '429 with retry-after',
    happens: 'The server asks to wait so long.',
    replies: always({ error: 'rate-limit', retryAfterMs: 20 }),
    outcome: { error: 'ModelCallError', failure: 'rate-limit', retryAfterMs: 20, ...free, retried: true },
  },
  {
    name: '429 without retry-after',
    happens: 'The server refuses and does not say for how long.',
    replies: always({ error: 'rate-limit' }),
    outcome: { error: 'ModelCallError', failure: 'rate-limit', ...free, retried: true },
  },
  {
    name: 'refusal that is cut off',
    happens: 'Status 429, and the connection is lost while the reason comes.',
    replies: always({ error: 'rate-limit', breaks: { after: { bytes: 12 }, by: 'cut' } }),
    outcome: { error: 'ModelCallError', failure: 'rate-limit', ...free, retried: true },
  },
  {
    name: '500',
    happens: 'The server failed.',
    replies: always({ error: 'server' }),
    outcome: { error: 'ModelCallError', failure: 'server', ...free, retried: true },
  },
  {
    name: '503 or 529',
    happens: 'The server is overloaded.',
    replies: always({ error: 'overloaded' }),
    outcome: { error: 'ModelCallError', failure: 'overloaded', ...free, retried: true },
  },
  {
    name: '504',
    happens: 'A gateway gave up waiting; nobody knows what the engine behind it did.',
    replies: always({ error: 'timeout' }),
    outcome: { error: 'ModelCallError', failure: 'timeout', charged: 'upper-bound', ...unknown },
  },
  {
    name: 'HTML error page',
    happens: 'Something in between answers with a page and a status that refuses.',
    replies: always({ body: page, status: 502, headers: html }),
    outcome: {
      error: 'ModelCallError',
      failure: 'server',
      message: /an HTML page \(Bad Gateway\)/,
      ...free,
      retried: true,
    },
  },
  {
    name: 'HTML page with status 200',
    happens: 'The address is one of a web site.',
    replies: always({ body: page, headers: html }),
    outcome: {
      error: 'ModelCallError',
      failure: 'protocol',
      message: /an HTML page came \(Bad Gateway\)\. Is baseUrl right/,
      ...free,
    },
  },
  {
    name: 'wrong key',
    happens: 'The server does not take the key.',
    replies: always({ error: 'auth' }),
    outcome: { error: 'ModelCallError', failure: 'auth', ...free },
  },
  {
    name: 'redirect to the same server',
    happens: 'Status 307 or 308: the same request is asked for at another path, and sent there.',
    replies: ({ path }) =>
      path.startsWith('/v1') ? { body: '', status: 307, headers: { location: `/moved${path}` } } : answerText,
    outcome: { answer: answerText },
  },
  {
    name: 'redirect to another server',
    happens: 'Nothing is sent there: the request holds a key.',
    replies: always({ body: '', status: 307, headers: { location: 'http://127.0.0.1:1/v1' } }),
    outcome: { error: 'ModelCallError', failure: 'bad-request', message: /answered 307/, ...free },
  },
  {
    name: 'proxy',
    happens: 'HTTP_PROXY names a proxy, and the request goes through it.',
    to: 'server by proxy',
    outcome: { answer: answerText },
  },
  {
    name: 'proxy that is not there',
    happens: 'HTTP_PROXY names a port on which nothing listens.',
    to: 'server by closed proxy',
    outcome: { error: 'ModelCallError', failure: 'network', dispatch: 'not-sent', retried: true },
  },
  {
    name: 'abort before the headers',
    happens: 'The caller leaves, and the socket is closed.',
    replies: always({ text: 'late', headersAfterMs: 60_000 }),
    aborts: 'before the headers',
    outcome: { error: 'AbortedError', charged: 'upper-bound', retried: false },
  },
  {
    name: 'abort in the middle',
    happens: 'The caller leaves while the answer comes, and the socket is closed.',
    replies: always({ text: answerText, breaks: { after: 'content', by: 'stall' } }),
    aborts: 'in the middle',
    outcome: { error: 'AbortedError', charged: 'estimated', partial: answerText, retried: false },
  },
];
