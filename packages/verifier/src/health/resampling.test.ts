import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difficultyClasses } from './difficulty-classes.ts';
import { acceptedPrecision, requiredSuccessRate, resamplingCeiling } from './resampling-ceiling.ts';
import { resamplingValue } from './resampling-value.ts';
import type { GradedVerdict } from './verifier-errors.ts';

interface Counts {
  readonly right: number;
  readonly wrong: number;
  readonly rejected: number;
}

/** Samples of one task: accepted right, accepted wrong, rejected. */
const task = ({ right, wrong, rejected }: Counts): readonly GradedVerdict[] => [
  ...Array.from({ length: right }, () => ({ accepted: true, correct: true })),
  ...Array.from({ length: wrong }, () => ({ accepted: true, correct: false })),
  ...Array.from({ length: rejected }, () => ({ accepted: false, correct: false })),
];

describe('acceptedPrecision', () => {
  it.each([
    [0.05, 0.01, 1, 0.840336],
    [0.01, 0.01, 1, 0.502513],
    [0.001, 0.01, 1, 0.090992],
    [0.3, 0.25, 1, 0.631579],
    [0.5, 0.1, 0.9, 0.9],
  ])('of samples that are right at %d, false accepts %d, completeness %d is %d', (...[p, q, c, expected]) => {
    const verifier = { falseAcceptRate: q, completeness: c };
    const precision = acceptedPrecision(p, verifier);
    expect(precision).toBeCloseTo(expected, 6);
    expect(requiredSuccessRate(precision ?? 0, verifier)).toBeCloseTo(p, 9);
  });

  it('needs something to be accepted', () => {
    expect(acceptedPrecision(0, { falseAcceptRate: 0 })).toBeUndefined();
    expect(acceptedPrecision(1, { falseAcceptRate: 1, completeness: 0 })).toBeUndefined();
    expect(acceptedPrecision(0.2, { falseAcceptRate: 0 })).toBe(1);
  });

  it.each([
    [0, { falseAcceptRate: 0.5 }, 0],
    [1, { falseAcceptRate: 0.1 }, 1],
    [1, { falseAcceptRate: 0 }, 0],
    [0.9, { falseAcceptRate: 0.1, completeness: 0 }, undefined],
  ])('to reach %d with %j takes %d', (precision, verifier, expected) => {
    expect(requiredSuccessRate(precision, verifier)).toBe(expected);
  });

  it('refuses what is no rate', () => {
    expect(() => acceptedPrecision(5, { falseAcceptRate: 0 })).toThrow(/^successRate must be in \[0, 1\]/);
    expect(() => acceptedPrecision(0.5, { falseAcceptRate: -1 })).toThrow(/^falseAcceptRate must be/);
    expect(() => requiredSuccessRate(0.5, { falseAcceptRate: 0, completeness: 2 })).toThrow(/^completeness must be/);
  });
});

describe('resamplingCeiling', () => {
  it('is the mean precision of what is accepted, with bounds for tasks that nothing was accepted of', () => {
    const tasks = [
      task({ right: 9, wrong: 1, rejected: 10 }),
      task({ right: 1, wrong: 1, rejected: 98 }),
      task({ right: 0, wrong: 0, rejected: 5 }),
    ];
    const { ceiling, bounds, undecided } = resamplingCeiling(tasks);
    expect(ceiling).toBeCloseTo(0.7, 12);
    expect(bounds.lower).toBeCloseTo(1.4 / 3, 12);
    expect(bounds.upper).toBeCloseTo(2.4 / 3, 12);
    expect(undecided).toBe(1);
    expect(resamplingCeiling([[]])).toEqual({ bounds: { lower: 0, upper: 1 }, undecided: 1 });
    expect(() => resamplingCeiling([])).toThrow(RangeError);
  });
});

describe('resamplingValue', () => {
  // Soundness 3/4, completeness 1; 10,000 samples, so that drawing without replacement is as good as with.
  const easy = task({ right: 8700, wrong: 325, rejected: 975 });
  const hard = task({ right: 1300, wrong: 2175, rejected: 6525 });
  const tasks = [...Array.from({ length: 29 }, () => easy), ...Array.from({ length: 21 }, () => hard)];

  it.each([
    [0.7, 3, [0.48206, 0.523874, 0.524567, 0.522426]],
    [1, 2, [0.449, 0.472381, 0.461352, 0.451593]],
    [2, 1, [0.3388, 0.300737, 0.250637]],
    [4, 1, [0.1184, -0.04255]],
    [8, 0, [-0.3224]],
  ])('with false accepts at %d takes %d samples, as the two-difficulty model has it', (cost, samples, curve) => {
    const result = resamplingValue(tasks, { falseAcceptCost: cost, maxSamples: 20 });
    expect(result.samples).toBe(samples);
    expect(result.value).toBe(samples === 0 ? 0 : result.curve[samples - 1]);
    for (const [i, expected] of curve.entries()) expect(result.curve[i]).toBeCloseTo(expected, 3);
  });

  it('knows that late accepts are mostly wrong', () => {
    const { buckets } = resamplingValue(tasks, { falseAcceptCost: 1, maxSamples: 10 });
    expect(buckets.map(({ from, to }) => [from, to])).toEqual([
      [1, 1],
      [2, 3],
      [4, 7],
      [8, 10],
    ]);
    expect(buckets[0]?.falseDiscoveryRate).toBeCloseTo(1 - 0.835375, 6);
    const rates = buckets.map(({ falseDiscoveryRate }) => falseDiscoveryRate ?? 0);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  });

  it('is what shuffling the samples gives on the average', () => {
    const random = createRandom('shuffles');
    const few = [
      task({ right: 2, wrong: 1, rejected: 4 }),
      task({ right: 0, wrong: 2, rejected: 6 }),
      task({ right: 1, wrong: 0, rejected: 2 }),
    ];
    const shuffles = 4000;
    const worth = Array.from({ length: 6 }, () => 0);
    for (let i = 0; i < shuffles; i += 1) {
      for (const samples of few) {
        const order = random.shuffle(samples);
        const first = order.findIndex(({ accepted }) => accepted);
        if (first === -1) continue;
        for (let k = first; k < worth.length; k += 1) worth[k] = (worth[k] ?? 0) + (order[first]?.correct ? 1 : -2);
      }
    }
    const { curve } = resamplingValue(few, { falseAcceptCost: 2, maxSamples: 6 });
    for (const [k, total] of worth.entries()) {
      expect(Math.abs(total / shuffles / few.length - (curve[k] ?? 0))).toBeLessThan(
        4 * (1.5 / Math.sqrt(3 * shuffles)),
      );
    }
  });

  it('ends at what accepting at last is worth, and never gains from a dearer false accept', () => {
    const counts = fc.record({ right: fc.nat(5), wrong: fc.nat(5), rejected: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 5 }), fc.nat(5), (list, cost) => {
        const drawn = list.map(task);
        const result = resamplingValue(drawn, { falseAcceptCost: cost, maxSamples: 20 });
        const last = list.map(({ right, wrong }) =>
          right + wrong === 0 ? 0 : (right - cost * wrong) / (right + wrong),
        );
        expect(result.curve.at(-1)).toBeCloseTo(last.reduce((a, b) => a + b, 0) / list.length, 9);
        expect(result.value).toBeGreaterThanOrEqual(Math.max(0, ...result.curve) - 1e-9);
        expect(result.value).toBeGreaterThanOrEqual(
          resamplingValue(drawn, { falseAcceptCost: cost + 1, maxSamples: 20 }).value - 1e-12,
        );
      }),
      { seed: 47 },
    );
  });

  it('refuses a negative cost, a broken limit and no tasks', () => {
    expect(() => resamplingValue(tasks, { falseAcceptCost: -1 })).toThrow(
      /^falseAcceptCost must be a number in \[0, ∞\)/,
    );
    expect(() => resamplingValue(tasks, { falseAcceptCost: 1, maxSamples: 0 })).toThrow(/^maxSamples must be/);
    expect(() => resamplingValue([], { falseAcceptCost: 1 })).toThrow(RangeError);
    expect(resamplingValue([[]], { falseAcceptCost: 1, maxSamples: 2 })).toMatchObject({ samples: 0, curve: [0, 0] });
  });
});

describe('difficultyClasses', () => {
  it('parts tasks at one half', () => {
    const [easy, hard] = difficultyClasses([0.9, 0.7, 0.5, 0.1, 0]);
    expect(easy?.share).toBe(0.4);
    expect(easy?.successRate).toBeCloseTo(0.8, 12);
    expect(hard?.share).toBe(0.6);
    expect(hard?.successRate).toBeCloseTo(0.2, 12);
    expect(difficultyClasses([0.2])).toEqual([{ share: 1, successRate: 0.2 }]);
    expect(difficultyClasses([])).toEqual([]);
    expect(() => difficultyClasses([0.5, 90])).toThrow(
      /^successRates\[1\] must be in \[0, 1\], received 90\. Did you mean 0\.9\?/,
    );
  });
});
