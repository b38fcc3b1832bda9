import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readNodeBody } from './node-body.ts';

const never = new AbortController().signal;

async function textsOf(reads: readonly Uint8Array[]): Promise<readonly string[]> {
  const texts: string[] = [];
  await readNodeBody(
    Readable.from(
      reads.map((read) => Buffer.from(read)),
      { objectMode: false },
    ),
    (text) => texts.push(text) > 0,
    never,
  );
  return texts;
}

it('hands characters on whole, wherever the network splits them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), async (text, cuts) => {
      const bytes = new TextEncoder().encode(text);
      const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
      const texts = await textsOf([0, ...places].map((from, i) => bytes.slice(from, places[i])));
      expect(texts.join('')).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      expect(texts.every((each) => each.isWellFormed())).toBe(true);
    }),
    { seed: 3 },
  );
});

it('ends a character that was cut off with its replacement', async () => {
  expect((await textsOf([new Uint8Array([0x61, 0xf0, 0x9f])])).join('')).toBe('a\uFFFD');
});
