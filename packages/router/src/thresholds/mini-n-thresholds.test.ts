import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { miniNThresholds } from './mini-n-thresholds.ts';

const sizes = [1, 2, 4, 8, 16, 32];

/** Values of a standard normal at 200,000 equal shares: its density added up in small steps. */
function normalQuantiles(): readonly number[] {
  const count = 200_000;
  const values: number[] = [];
  const step = 1e-5;
  let below = 0;
  for (let x = -5; x < 5 && values.length < count; x += step) {
    below += (step * Math.exp(-((x + step / 2) ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    while (values.length < count && below >= (values.length + 0.5) / count) values.push(x + step);
  }
  return values;
}

describe('miniNThresholds', () => {
  const normal = normalQuantiles();

  it.each([
    [0.1, [1.2816, 1.6322, 1.9432, 2.2237, 2.4803, 2.7177]],
    [0.05, [1.6449, 1.9545, 2.234, 2.4898, 2.7265, 2.9475]],
  ])('normal rewards at alpha %s', (alpha, expected) => {
    const table = miniNThresholds(normal, { alpha, sizes });
    expect(table.map(({ samples }) => samples)).toEqual(sizes);
    for (const [i, { above }] of table.entries()) expect(Math.abs(above - (expected[i] ?? 0))).toBeLessThan(2e-3);
  });

  it('one threshold for all sizes would let ever more through: 5 % of one are 80.6 % of 32', () => {
    const p = 0.05;
    const through = sizes.map((n) => 1 - (1 - p) ** n);
    const expected = [0.05, 0.0975, 0.1855, 0.3366, 0.5599, 0.8063];
    for (const [i, share] of through.entries()) expect(share).toBeCloseTo(expected[i] ?? 0, 4);
  });

  it('takes as many rewards as a promise needs, and says so', () => {
    const rewards = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
    expect(miniNThresholds(rewards(9), { alpha: 0.1, sizes: [1] })).toEqual([{ samples: 1, above: 8 }]);
    expect(() => miniNThresholds(rewards(8), { alpha: 0.1, sizes: [1] })).toThrow(
      /takes 9 unacceptable rewards, received 8/,
    );
    expect(() => miniNThresholds(rewards(303), { alpha: 0.1, sizes: [32] })).toThrow(/takes 304 .* received 303/);
    expect(miniNThresholds(rewards(304), { alpha: 0.1, sizes: [32] })[0]?.above).toBe(303);
    expect(() => miniNThresholds([], { alpha: 0.1, sizes: [1] })).toThrow(/received 0/);
  });

  it('gives each size once, in increasing order', () => {
    const rewards = Array.from({ length: 100 }, (_, i) => i);
    expect(miniNThresholds(rewards, { alpha: 0.2, sizes: [4, 1, 4] }).map(({ samples }) => samples)).toEqual([1, 4]);
    expect(miniNThresholds(rewards, { alpha: 0.2, sizes: [] })).toEqual([]);
  });

  it.each([
    [[1], { alpha: 0, sizes: [1] }, /alpha must be in \(0, 1\), received 0/],
    [[1], { alpha: 1, sizes: [1] }, /received 1/],
    [[Number.NaN], { alpha: 0.5, sizes: [1] }, /NaN among them/],
    [[1, 2, 3], { alpha: 0.5, sizes: [1, 1.5] }, /sizes\[1\] must be a whole number/],
  ])('%j with %j is refused', (rewards, options, message) => {
    expect(() => miniNThresholds(rewards, options)).toThrow(message);
    expect(() => miniNThresholds(rewards, options)).toThrow(InvalidOptionError);
  });

  it('lets n unacceptable samples through as often as it says, on the average over small sets of rewards', () => {
    const random = createRandom('mini-n');
    for (const samples of [1, 4]) {
      let through = 0;
      const rounds = 4000;
      for (let round = 0; round < rounds; round += 1) {
        const rewards = Array.from({ length: 60 }, () => random.normal());
        const [threshold] = miniNThresholds(rewards, { alpha: 0.2, sizes: [samples] });
        const best = Math.max(...Array.from({ length: samples }, () => random.normal()));
        if (best > (threshold?.above ?? -Infinity)) through += 1;
      }
      // Three standard errors.
      expect(through / rounds).toBeLessThan(0.2 + 0.019);
      expect(through / rounds).toBeGreaterThan(0.14);
    }
  });

  it('rises with the samples, moves with the rewards, and is one of them (property)', () => {
    const rewards = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 40, maxLength: 80 });
    fc.assert(
      fc.property(rewards, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (given, alpha) => {
        const table = miniNThresholds(given, { alpha, sizes: [1, 2, 3] });
        for (const [i, { above }] of table.entries()) {
          expect(above).toBeGreaterThanOrEqual(table[i - 1]?.above ?? -Infinity);
          expect(given).toContain(above);
        }
        const moved = miniNThresholds(
          given.map((reward) => 2 * reward),
          { alpha, sizes: [1, 2, 3] },
        );
        expect(moved).toEqual(table.map(({ samples, above }) => ({ samples, above: 2 * above })));
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
