import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../leaf/system-clock.ts';
import type { Abortable } from './abortable.ts';
import { readEvents, type ServerEvent, writeEvent } from './events.ts';
import type { TextSource } from './text-source.ts';

const options = { signal: new AbortController().signal, clock: systemClock };

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.slice(from, places[i]));
}

async function eventsOf(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  await readEvents(
    bodyOf(chunks),
    ({ event, data }) => {
      events.push({ event, data });
      return true;
    },
    options,
  );
  return events;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
// What a line of an event may hold: anything but line ends. Lone surrogates have no bytes of their own.
const line = fc.string({ unit: 'grapheme-composite' }).map((text) => text.replace(/[\r\n]/g, ' '));

describe('readEvents', () => {
  it('gives the same events however the network splits the bytes', async () => {
    const event = fc.record({ event: fc.option(fc.constantFrom('error', 'ping'), { nil: undefined }), data: line });
    await fc.assert(
      fc.asyncProperty(fc.array(event), fc.array(fc.nat()), async (events, cuts) => {
        const bytes = encode(events.map(({ event: name, data }) => writeEvent(data, name)).join(''));
        expect(await eventsOf(split(bytes, cuts))).toEqual(events);
      }),
    );
  });

  it('puts characters together that are split in every possible place', async () => {
    const bytes = encode(writeEvent('naïve 東京 🦉'));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await eventsOf([bytes.slice(0, cut), bytes.slice(cut)])).toEqual([
        { event: undefined, data: 'naïve 東京 🦉' },
      ]);
    }
  });

  it.each([
    ['data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    [': keep alive\n\ndata:a\n\n', ['a']],
    ['data: two\ndata: lines\n\n', ['two\nlines']],
    ['data: whole\n\ndata: without an end', ['whole']],
    ['', []],
  ])('reads %j', async (text, expected) => {
    expect((await eventsOf([encode(text)])).map(({ data }) => data)).toEqual(expected);
  });

  it('reads every way to end a line, however the network splits it, also of a large event and after a mark of its order', async () => {
    const large = 'x'.repeat(5000);
    const events = [
      { event: undefined, data: 'a' },
      { event: 'ping', data: `b\n${large}` },
      { event: undefined, data: '' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat()), async (end, cuts) => {
        const text = events.map(({ event, data }) => writeEvent(data, event)).join('');
        const bytes = encode(`\uFEFF${text.replaceAll('\n', end)}`);
        expect(await eventsOf(split(bytes, cuts))).toEqual(events);
      }),
      { seed: 5 },
    );
  });

  it('keeps streams apart that are read at the same time, one within the other even', async () => {
    const inner: string[] = [];
    const outer: string[] = [];
    let reading: Promise<void> | undefined;
    const pushed = (texts: readonly string[]): TextSource => ({
      contentType: undefined,
      read: async (onText) => void texts.every(onText),
    });
    const onEvent = ({ data }: ServerEvent): boolean => {
      outer.push(data);
      reading ??= readEvents(pushed(['data: 1\n\ndata: 2', '\n\n']), (event) => inner.push(event.data) > 0, options);
      return true;
    };
    await readEvents(pushed(['data: a\n\ndata', ': b\n\n', 'data: c']), onEvent, options);
    await reading;
    expect({ inner, outer }).toEqual({ inner: ['1', '2'], outer: ['a', 'b'] });
  });

  it('gives no event after the one that was enough, also of the same read, and cancels the body', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encode(writeEvent('a') + writeEvent('[DONE]') + writeEvent('late')));
      },
      cancel() {
        cancelled = true;
      },
    });
    const seen: string[] = [];
    const clock = { ...systemClock, sleep: async () => undefined };
    await readEvents(
      body,
      ({ data }) => {
        seen.push(data);
        return data !== '[DONE]';
      },
      { ...options, clock },
    );
    expect(seen).toEqual(['a', '[DONE]']);
    expect(cancelled).toBe(true);
  });

  it('tells of every read, with or without an event in it', async () => {
    let reads = 0;
    const signal: Abortable = Object.assign(new AbortController().signal, { touch: () => void (reads += 1) });
    await readEvents(bodyOf([encode(': '), encode('ping\n\n')]), () => true, { ...options, signal });
    expect(reads).toBeGreaterThanOrEqual(2);
  });
});
