import { createParser, type EventSourceParser } from 'eventsource-parser';
import { readBody, type ReadBodyOptions } from './read-body.ts';
import type { TextSource } from './text-source.ts';

/** One server-sent event. */
export interface ServerEvent {
  /** Its type, where the server named one. */
  readonly event?: string | undefined;
  readonly data: string;
}

/**
 * Reads a body of server-sent events. However the network splits the bytes, the events are the same; an event without the
 * blank line that ends it is dropped, as the standard says. The signal is touched at every read, with or without an event in it.
 *
 * `onEvent` returns false when it has all it wants; no event comes after that.
 *
 * @throws the signal's reason when it fires, and whatever the body fails with.
 * @example
 * await readEvents(response.body, ({ data }) => data !== '[DONE]', { signal, clock });
 */
export function readEvents(
  body: TextSource | ReadableStream<Uint8Array>,
  onEvent: (event: ServerEvent) => boolean,
  options: ReadBodyOptions,
): Promise<void> {
  const { signal } = options;
  const events = new EventText(onEvent);
  return readBody(
    body,
    (text) => {
      signal.touch?.();
      return events.add(text);
    },
    options,
  );
}

/** The text of a stream from its last whole event on. A parser of its own would hold a kilobyte for each stream in flight. */
class EventText {
  readonly #onEvent: (event: ServerEvent) => boolean;
  #rest = '';
  /** The last character of the rest. To look at the rest itself would put it together at every read of a large event. */
  #end = '';

  constructor(onEvent: (event: ServerEvent) => boolean) {
    this.#onEvent = onEvent;
  }

  add(text: string): boolean {
    const length = endOfEvents(text, this.#end);
    const rest = length === 0 ? this.#rest : '';
    const whole = length === 0 ? '' : this.#rest + text.slice(0, length);
    this.#rest = rest + text.slice(length);
    this.#end = text.slice(Math.max(length, text.length - 1));
    return whole === '' || parse(whole, this.#onEvent);
  }
}

/** How much of `text`, which comes after `before`, its last blank line ends; 0 where it has none. */
function endOfEvents(text: string, before: string): number {
  const hasReturns = text.includes('\r');
  const last = Math.max(
    text.lastIndexOf('\n\n'),
    hasReturns ? text.lastIndexOf('\n\r') : -1,
    hasReturns ? text.lastIndexOf('\r\r') : -1,
  );
  if (last !== -1) return last + 2;
  return /^(?:\n\n|\n\r|\r\r)$/.test(before + text.slice(0, 1)) ? 1 : 0;
}

/** A parser that is between two streams, and whom it tells. */
interface Parser extends EventSourceParser {
  onEvent: ((event: ServerEvent) => boolean) | undefined;
}

const idleParsers: Parser[] = [];

function parse(text: string, onEvent: (event: ServerEvent) => boolean): boolean {
  const parser = idleParsers.pop() ?? makeParser();
  parser.onEvent = onEvent;
  try {
    parser.feed(text);
    return parser.onEvent !== undefined;
  } finally {
    parser.onEvent = undefined;
    parser.reset();
    idleParsers.push(parser);
  }
}

function makeParser(): Parser {
  const parser: Parser = {
    ...createParser({
      onEvent: (event) => {
        if (parser.onEvent?.(event) === false) parser.onEvent = undefined;
      },
    }),
    onEvent: undefined,
  };
  return parser;
}

/** One event as its sender writes it. */
export function writeEvent(data: string, event?: string): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
