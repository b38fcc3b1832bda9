import { describe, expect, it } from 'vitest';
import { systemClock } from '../leaf/system-clock.ts';
import { readBody } from './read-body.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const never = new AbortController().signal;

describe('readBody', () => {
  it('ends with the reason of the signal, though the source never ends', async () => {
    const controller = new AbortController();
    let cancelledWith: unknown;
    const body = new ReadableStream<Uint8Array>({
      start: (source) => source.enqueue(encode('begun')),
      cancel: (reason) => {
        cancelledWith = reason;
      },
    });
    const reason = new Error('enough');
    const seen: string[] = [];
    const reading = readBody(
      body,
      (text) => {
        seen.push(text);
        queueMicrotask(() => controller.abort(reason));
        return true;
      },
      { signal: controller.signal, clock: systemClock },
    );
    await expect(reading).rejects.toBe(reason);
    expect(seen).toEqual(['begun']);
    expect(cancelledWith).toBe(reason);
  });

  it('reads nothing when the signal has already fired', async () => {
    const reason = new Error('too late');
    const body = new ReadableStream<Uint8Array>({ start: (source) => source.enqueue(encode('text')) });
    const reading = readBody(body, () => expect.unreachable(), {
      signal: AbortSignal.abort(reason),
      clock: systemClock,
    });
    await expect(reading).rejects.toBe(reason);
  });

  it('fails with what the source fails with', async () => {
    const reason = new Error('reset');
    const body = new ReadableStream<Uint8Array>({ start: (source) => source.error(reason) });
    await expect(readBody(body, () => true, { signal: never, clock: systemClock })).rejects.toBe(reason);
  });

  it('lets a body end by itself once it was read enough of, so that the connection can be used again', async () => {
    let pulls = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (source) => {
          pulls += 1;
          if (pulls < 3) source.enqueue(encode(`read ${pulls}`));
          else source.close();
        },
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    await readBody(body, () => false, { signal: never, clock: systemClock });
    expect(pulls).toBe(3);
    expect(cancelled).toBe(false);
  });

  it('writes half a character at the very end as a replacement, not as nothing', async () => {
    const texts: string[] = [];
    const body = new ReadableStream<Uint8Array>({
      start: (source) => {
        source.enqueue(encode('é').slice(0, 1));
        source.close();
      },
    });
    await readBody(body, (text) => texts.push(text) > 0, { signal: never, clock: systemClock });
    expect(texts.join('')).toBe('�');
  });
});
