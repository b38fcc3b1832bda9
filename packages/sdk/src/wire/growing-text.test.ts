import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrowingText } from './growing-text.ts';

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
