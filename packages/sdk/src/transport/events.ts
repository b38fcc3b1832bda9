import { createParser } from 'eventsource-parser';
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
 * blank line that ends it is dropped, as the standard says.
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
  options: ReadBodyOptions & {
    /** Called for every network read, with or without an event in it. */
    readonly onBytes?: () => void;
  },
): Promise<void> {
  let more = true;
  const parser = createParser({
    onEvent: (event) => {
      more = more && onEvent(event);
    },
  });
  return readBody(
    body,
    (text) => {
      options.onBytes?.();
      parser.feed(text);
      return more;
    },
    options,
  );
}

/** One event as its sender writes it. */
export function writeEvent(data: string, event?: string): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
