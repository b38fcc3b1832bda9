import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subsets } from './__fixtures__/subsets.ts';
import { diversityAtK } from './diversity-at-k.ts';
import { coverageAtK, passAtK } from './pass-at-k.ts';

describe('passAtK', () => {
  it.each([
    [5, 2, 1, 0.4],
    [5, 2, 2, 0.7],
    [5, 2, 4, 1],
    [10, 3, 5, 0.9166666667],
    [200, 10, 1, 0.05],
    [200, 10, 10, 0.4085478661],
    [200, 10, 100, 0.9992289739],
    [128, 1, 64, 0.5],
    [4, 0, 2, 0],
    [1, 1, 1, 1],
  ])('of %d samples, %d right, with %d tries is %d', (...[samples, correct, k, expected]) => {
    expect(passAtK({ samples, correct }, k)).toBeCloseTo(expected, 10);
  });

  it('neither overflows nor falls as tries are added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.nat(), fc.nat(), (samples, a, b) => {
        const correct = a % (samples + 1);
        const k = 1 + (b % (samples - 1));
        const chance = passAtK({ samples, correct }, k);
        expect(passAtK({ samples, correct }, k + 1)).toBeGreaterThanOrEqual(chance);
        expect(chance).toBeGreaterThanOrEqual((correct > 0 ? correct / samples : 0) - 1e-9);
        expect(chance).toBeLessThanOrEqual(1);
      }),
      { seed: 41 },
    );
  });

  it('has a mean over problems', () => {
    const problems = [
      { samples: 5, correct: 2 },
      { samples: 10, correct: 0 },
    ];
    expect(coverageAtK(problems, 2)).toBeCloseTo(0.35, 12);
    expect(() => coverageAtK([], 1)).toThrow(RangeError);
  });

  it.each([
    [0, 0, 1, /^samples must be a whole number in \[1,/],
    [5, 6, 1, /^correct must be a whole number in \[0, 5\], received 6/],
    [5, 2, 6, /^k must be a whole number in \[1, 5\], received 6/],
    [5, 2, 1.5, /^k must be/],
  ])('refuses %d samples, %d right, %d tries', (...[samples, correct, k, message]) => {
    expect(() => passAtK({ samples, correct }, k)).toThrow(message);
  });
});

describe('diversityAtK', () => {
  it('counts distinct right solutions', () => {
    expect(diversityAtK({ samples: 5, multiplicities: [2, 1] }, 2)).toBeCloseTo(1.1, 12);
    expect(passAtK({ samples: 5, correct: 3 }, 2)).toBeCloseTo(0.9, 12);
    expect(diversityAtK({ samples: 5, multiplicities: [] }, 3)).toBe(0);
    expect(diversityAtK({ samples: 5, multiplicities: [2, 1] }, 5)).toBe(2);
  });

  it('is the mean over all draws', () => {
    const counts = fc.tuple(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(counts, fc.nat(20), ([multiplicities, wrong], at) => {
        const names = [
          ...multiplicities.flatMap((count, i) => Array.from({ length: count }, () => i)),
          ...Array.from({ length: wrong }, () => -1),
        ];
        const k = 1 + (at % names.length);
        const draws = subsets(names, k).map((draw) => new Set(draw.filter((name) => name >= 0)).size);
        const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
        expect(diversityAtK({ samples: names.length, multiplicities }, k)).toBeCloseTo(mean, 9);
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it('refuses more right solutions than samples', () => {
    expect(() => diversityAtK({ samples: 2, multiplicities: [2, 1] }, 1)).toThrow(
      /^multiplicities must add up to at most/,
    );
  });
});
