import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrowingText } from './growing-text.ts';

it('is hardly larger than its characters, also when the engine has compiled it to its best', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const grown = (): readonly GrowingText[] => {
    const texts = Array.from({ length: 100 }, () => new GrowingText());
    for (let i = 0; i < 3000; i += 1) for (const text of texts) text.add(` w${i}`);
    return texts;
  };
  grown();
  const before = heapBytes();
  const texts = grown();
  const bytes = heapBytes() - before;
  const characters = texts.reduce((sum, text) => sum + text.whole.length, 0);
  expect(bytes / characters).toBeLessThan(1.5);
});

it('is what all its pieces are together, at every moment', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 200 }), (pieces) => {
      const text = new GrowingText();
      expect(text.whole).toBe('');
      for (const [i, piece] of pieces.entries()) {
        text.add(piece);
        expect(text.whole).toBe(pieces.slice(0, i + 1).join(''));
      }
    }),
    { numRuns: 50 },
  );
});
