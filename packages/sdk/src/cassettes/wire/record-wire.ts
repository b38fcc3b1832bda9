import type { HttpHandler } from 'msw';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import { letRead } from '../../testing/let-read.ts';
import { loadMsw } from '../../testing/load-msw.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { CassetteFile } from '../cassette-file.ts';
import { type Scrubber, scrubberFor } from './scrub.ts';
import { readWireFile } from './wire-file.ts';
import { type WireLine, writeChunk } from './wire-line.ts';
import { wireRequest } from './wire-request.ts';

/** What is recorded, and where. */
export interface RecordWireOptions {
  /** A file of JSON lines. One that is there is gone on with. */
  readonly file: string;
  /** Addresses to record, as msw matches them, for example `https://api.openai.com/*`. @defaultValue '*', all of them */
  readonly url?: string;
  /** Values that must not reach the file, beside those that are found: keys in headers and addresses, and whatever looks like one. */
  readonly secrets?: readonly string[];
  /** @defaultValue the system's clock */
  readonly clock?: Clock;
}

/** A recording of what goes over the wire. */
export interface WireRecorder extends AsyncDisposable {
  /** For msw: `setupServer(...recorder.handlers)`. */
  readonly handlers: readonly HttpHandler[];
  /** Waits until every answer that has begun is written down, and closes the file. */
  close(): Promise<void>;
}

/**
 * Records every HTTP exchange of this process as it is on the wire, whatever client makes it: status, headers, every read of
 * the body with its time, connections that were cut. Requests go out as they would without it.
 *
 * Keys, cookies and names of accounts never reach the file, wherever they stand.
 *
 * @throws MissingLibraryError without the package `msw`; TollgateError `invalid-file` for a file that is something else.
 * @example
 * await using recorder = recordWire({ file: 'cassettes/capital.jsonl' });
 * const server = setupServer(...recorder.handlers);
 */
export function recordWire(options: RecordWireOptions): WireRecorder {
  const { file, url = '*', secrets = [], clock = systemClock } = options;
  const msw = loadMsw('recordWire');
  const { wholeBytes } = readWireFile(file);
  const cassette = new CassetteFile(file, wholeBytes);
  if (wholeBytes === 0) cassette.append(JSON.stringify({ kind: 'tollgate-wire', version: 1 }));
  const open = new Set<Promise<void>>();
  const record = async (request: Request): Promise<Response> => {
    const written = Promise.withResolvers<void>();
    open.add(written.promise);
    void written.promise.finally(() => open.delete(written.promise));
    const write = (line: WireLine): void => {
      cassette.append(JSON.stringify(line));
      written.resolve();
    };
    const body = await request.clone().text();
    const scrub = scrubberFor(request, secrets);
    const exchange = { scrub, clock, write, request: wireRequest(request, body, scrub) };
    const startedMs = clock.monotonic();
    try {
      const response = await fetch(msw.bypass(outgoing(request, body)));
      return recorded(response, { ...exchange, afterMs: elapsed(clock, startedMs), HttpResponse: msw.HttpResponse });
    } catch (error) {
      const failure = scrub.text(networkFailure(error).code ?? 'the connection failed');
      write({ kind: 'exchange', request: exchange.request, failure });
      return msw.HttpResponse.error();
    }
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= Promise.all(open).then(() => cassette.close()));
  return {
    handlers: [msw.http.all(url, ({ request }) => record(request))],
    close,
    [Symbol.asyncDispose]: close,
  };
}

// They belong to the connection that was taken over, not to the one that is made.
const ofTheConnection = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'host'];

function outgoing({ url, method, headers: all, signal }: Request, body: string): Request {
  const headers = new Headers(all);
  for (const name of ofTheConnection) headers.delete(name);
  return new Request(url, { method, headers, signal, redirect: 'manual', ...(body !== '' && { body }) });
}

function recorded(
  response: Response,
  exchange: {
    readonly request: WireLine['request'];
    readonly scrub: Scrubber;
    readonly clock: Clock;
    readonly afterMs: number;
    readonly write: (line: WireLine) => void;
    readonly HttpResponse: typeof Response;
  },
): Response {
  const { request, scrub, clock, afterMs, write } = exchange;
  const { status } = response;
  const reads: (readonly [number, Uint8Array])[] = [];
  const end = (ending: 'end' | 'cut' | 'left'): void => {
    const headers = scrub.headers(response.headers);
    const chunks = scrubbed(reads, scrub).map(([ms, bytes]): [number, ReturnType<typeof writeChunk>] => [
      ms,
      writeChunk(bytes),
    ]);
    write({ kind: 'exchange', request, response: { status, headers, afterMs, chunks, ending } });
  };
  const headers = new Headers(response.headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection']) headers.delete(name);
  if (response.body === null) {
    end('end');
    return new exchange.HttpResponse(null, { status, headers });
  }
  const reader = response.body.getReader();
  let lastMs = clock.monotonic();
  const body = new ReadableStream<Uint8Array>({
    pull: async (source) => {
      try {
        const { done, value } = await reader.read();
        if (done) {
          end('end');
          source.close();
          return;
        }
        reads.push([elapsed(clock, lastMs), value]);
        lastMs = clock.monotonic();
        source.enqueue(value);
      } catch (error) {
        end('cut');
        await letRead();
        source.error(error);
      }
    },
    cancel: async (reason) => {
      end('left');
      await reader.cancel(reason);
    },
  });
  return new exchange.HttpResponse(body, { status, headers });
}

/** Secrets may lie across reads: the whole is cleaned, and split again where it was. */
function scrubbed(
  reads: readonly (readonly [number, Uint8Array])[],
  scrub: Scrubber,
): readonly (readonly [number, Uint8Array])[] {
  const clean = scrub.bytes(Buffer.concat(reads.map(([, bytes]) => bytes)));
  let at = 0;
  return reads.map(([ms, { length }]) => [ms, clean.subarray(at, (at += length))] as const);
}

function elapsed(clock: Clock, sinceMs: number): number {
  return Math.round(clock.monotonic() - sinceMs);
}
