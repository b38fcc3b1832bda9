import type { HttpHandler, HttpResponse } from 'msw';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import { letRead } from '../../testing/let-read.ts';
import { loadMsw } from '../../testing/load-msw.ts';
import { scrubberFor } from './scrub.ts';
import { readWireFile } from './wire-file.ts';
import { readChunk, type WireLine } from './wire-line.ts';
import { wireMiss } from './wire-miss.ts';
import { wireKey, wireRequest } from './wire-request.ts';

/** What is replayed, and how fast. */
export interface ReplayWireOptions {
  /** A file that `recordWire` wrote. */
  readonly file: string;
  /** Addresses to answer, as msw matches them. @defaultValue '*', all of them */
  readonly url?: string;
  /** Share of the recorded time that passes: 1 is as it was, 0 is at once. Range [0, ∞). @defaultValue 0 */
  readonly pace?: number;
  /** What the time passes on. @defaultValue the system's clock */
  readonly clock?: Clock;
  /** The values that were given to `recordWire`. */
  readonly secrets?: readonly string[];
}

/** A recording that answers. */
export interface WireReplay extends Disposable {
  /** For msw: `setupServer(...replay.handlers)`. */
  readonly handlers: readonly HttpHandler[];
  /** Recorded exchanges that were not asked for yet. */
  readonly left: number;
  /** @throws TollgateError `unexpected-call` while exchanges are left over, or the error of a request that was not recorded. `using` calls it. */
  assertDone(): void;
}

/**
 * Answers requests of any client in this process as they were answered when they were recorded: the same reads of the body,
 * the same errors, the same cuts. Each recorded exchange answers once; the same request asked again gets the next one.
 *
 * A request that was not recorded is refused (status 400) with the nearest one that was, and nothing goes out.
 *
 * @throws MissingLibraryError without the package `msw`; TollgateError `invalid-file` without a recording.
 * @example
 * using replay = replayWire({ file: 'cassettes/capital.jsonl' });
 * const server = setupServer(...replay.handlers);
 */
export function replayWire(options: ReplayWireOptions): WireReplay {
  const { file, url = '*', pace = 0, clock = systemClock, secrets = [] } = options;
  if (!(pace >= 0 && pace < Number.POSITIVE_INFINITY)) {
    throw new InvalidOptionError('pace', `pace must be 0 or more, received ${pace}. 1 is as fast as it was recorded.`);
  }
  const msw = loadMsw('replayWire');
  const { lines } = readWireFile(file);
  if (lines.length === 0) {
    throw new TollgateError('invalid-file', `${file} is not there, or holds no exchange. Record it with recordWire.`);
  }
  const waiting = Map.groupBy(lines, ({ request }) => wireKey(request));
  const misses: TollgateError[] = [];
  const left = (): number => [...waiting.values()].reduce((sum, each) => sum + each.length, 0);
  const answer = async (request: Request): Promise<Response> => {
    const asked = wireRequest(request, await request.text(), scrubberFor(request, secrets));
    const line = waiting.get(wireKey(asked))?.shift();
    if (line === undefined) {
      const miss = wireMiss(file, asked, lines);
      misses.push(miss);
      return msw.HttpResponse.json(refusal(miss), { status: 400 });
    }
    if (line.response === undefined) return msw.HttpResponse.error();
    return replayed(line.response, { pace, clock, signal: request.signal, HttpResponse: msw.HttpResponse });
  };
  const assertDone = (): void => {
    const [miss] = misses;
    if (miss !== undefined) throw miss;
    const [next] = [...waiting.values()].flat();
    if (next === undefined) return;
    throw new TollgateError(
      'unexpected-call',
      `${left()} exchanges of ${file} were never asked for; the first is ${next.request.method} ${next.request.url}.`,
    );
  };
  return {
    handlers: [msw.http.all(url, ({ request }) => answer(request))],
    get left() {
      return left();
    },
    assertDone,
    [Symbol.dispose]: assertDone,
  };
}

/** Readable by the clients of every provider. */
function refusal({ message, code }: TollgateError): { readonly [name: string]: string | object } {
  return { type: 'error', error: { type: 'invalid_request_error', message, code } };
}

async function replayed(
  { status, headers, afterMs, chunks, ending }: NonNullable<WireLine['response']>,
  playing: {
    readonly pace: number;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly HttpResponse: typeof HttpResponse;
  },
): Promise<Response> {
  const { pace, clock, signal } = playing;
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const pause = async (ms: number): Promise<void> => {
    if (ms * pace > 0) await clock.sleep(ms * pace, either);
  };
  try {
    await pause(afterMs);
  } catch {
    // Whoever asked has left; msw takes a rejection for a mistake in the handler.
    return playing.HttpResponse.error() as Response;
  }
  const reads = chunks.values();
  const body = new ReadableStream<Uint8Array>({
    pull: async (source) => {
      const { value: read } = reads.next();
      if (read !== undefined) {
        await pause(read[0]);
        source.enqueue(readChunk(read[1]));
        return;
      }
      if (ending === 'end') return source.close();
      await letRead();
      source.error(new TypeError('The connection was cut, as it was when it was recorded.'));
    },
    cancel: () => left.abort(),
  });
  const isEmpty = status === 204 || status === 205 || status === 304;
  return new playing.HttpResponse(isEmpty ? null : body, { status, headers });
}
