import fc from 'fast-check';
import { expect, it } from 'vitest';
import { consistencyWeight } from './consistency-weight.ts';
import { tallyVotes } from './vote-tally.ts';

const countLists = fc.array(fc.integer({ min: 0, max: 20 }));

it.each([
  ['AAAAA', 1, 1],
  ['AAAAB', 0.422458, 0.751266],
  ['AAABB', 0.22324, 0.665467],
  ['AAABC', 0.308021, 0.527651],
  ['AABBC', 0.231816, 0.475633],
  ['AABCD', 0.231229, 0.337816],
  ['ABCDE', 0.2, 0.2],
  ['AAAAAAAB', 0.524381, 0.84146],
  ['A', 1, 1],
  ['AB', 0.5, 0.5],
])('of %s is %d by distinct answers and %d by samples', (answers, distinct, samples) => {
  const counts = [...tallyVotes(answers.split('')).counts.values()];
  expect(Math.abs(consistencyWeight(counts, { normalization: 'distinct' }) - distinct)).toBeLessThan(1e-6);
  expect(Math.abs(consistencyWeight(counts, { normalization: 'samples' }) - samples)).toBeLessThan(1e-6);
  expect(consistencyWeight(counts)).toBe(consistencyWeight(counts, { normalization: 'samples' }));
});

it('gives no weight without valid samples', () => {
  expect(consistencyWeight([])).toBe(0);
  expect(consistencyWeight([0, 0])).toBe(0);
});

it('ignores zeros', () => {
  expect(consistencyWeight([5, 0])).toBe(1);
  expect(consistencyWeight([4, 0, 1], { normalization: 'distinct' })).toBe(
    consistencyWeight([4, 1], { normalization: 'distinct' }),
  );
});

it('lies in [1/K, 1] under both normalizations', () => {
  fc.assert(
    fc.property(countLists, fc.constantFrom('samples' as const, 'distinct' as const), (counts, normalization) => {
      const samples = counts.reduce((total, count) => total + count, 0);
      const weight = consistencyWeight(counts, { normalization });
      expect(weight).toBeLessThanOrEqual(1);
      expect(weight).toBeGreaterThanOrEqual(samples === 0 ? 0 : 1 / samples);
    }),
  );
});

it('by samples never rises when one sample leaves the majority for a new answer', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 6 }), (counts) => {
      const [most = 0, ...others] = [...counts].sort((a, b) => b - a);
      fc.pre(most > 1);
      expect(consistencyWeight([most - 1, ...others, 1])).toBeLessThan(consistencyWeight([most, ...others]));
    }),
  );
});

it('by distinct answers is not monotone, as the authors have it', () => {
  const weigh = (counts: number[]): number => consistencyWeight(counts, { normalization: 'distinct' });
  expect(weigh([3, 2])).toBeLessThan(weigh([3, 1, 1]));
  expect(weigh([4, 4])).toBe(1 / 8);
});

it.each([-1, 0.5, NaN])('rejects the count %d', (count) => {
  expect(() => consistencyWeight([1, count])).toThrow(
    new RangeError(`counts[1] must be a whole number of at least 0, received ${count}.`),
  );
});
