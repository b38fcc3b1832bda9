import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  censoredUtility,
  confidenceWidth,
  naiveRuns,
  rankUtilities,
  shouldDoubleCap,
  tightened,
} from './censored-utility.ts';
import { runtimeUtility } from './runtime-utility.ts';

const patience = runtimeUtility({ kind: 'exponential', scale: 20 });
const confidence = { candidates: 2, failureProbability: 0.05 };
const worked = [3, 5, 7, 9, 16, 16, 2, 4, 16, 8];

describe('confidenceWidth', () => {
  it.each([
    [100, 0.304136],
    [1000, 0.107482],
  ])('of %d runs', (runs, expected) => {
    expect(confidenceWidth({ ...confidence, runs, cap: 16 })).toBeCloseTo(expected, 6);
  });

  it('is never above 1, and falls with runs', () => {
    expect(confidenceWidth({ ...confidence, runs: 1, cap: 1 })).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 1e6 }), (runs) => {
        const narrow = confidenceWidth({ ...confidence, runs: runs + 1, cap: 4 });
        expect(narrow).toBeLessThanOrEqual(confidenceWidth({ ...confidence, runs, cap: 4 }));
      }),
      { seed: 1 },
    );
  });
});

describe('censoredUtility', () => {
  it('gives the worked estimate', () => {
    const estimate = censoredUtility(worked, { ...confidence, cap: 16, utility: patience });
    expect(estimate.mean).toBeCloseTo(0.67237, 6);
    expect(estimate.finishedShare).toBe(0.7);
    expect(estimate.withoutCap[0]).toBeCloseTo(0.537571, 6);
    expect(estimate.withoutCap[1]).toBeCloseTo(0.67237, 6);
    expect(estimate.upper).toBeCloseTo(estimate.mean + (1 - Math.exp(-0.8)) * estimate.alpha, 12);
    expect(estimate.lower).toBeCloseTo(estimate.mean - estimate.alpha - Math.exp(-0.8) * 0.3, 12);
  });

  it('holds the mean over the same runs however long the stopped ones would have taken', () => {
    const times = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 64 }), (all, cap) => {
        const { withoutCap } = censoredUtility(all, { ...confidence, cap, utility: patience });
        const mean = all.reduce((total, time) => total + patience.utilityAt(time), 0) / all.length;
        expect(mean).toBeGreaterThanOrEqual(withoutCap[0] - 1e-12);
        expect(mean).toBeLessThanOrEqual(withoutCap[1] + 1e-12);
      }),
      { seed: 2 },
    );
  });

  it('bounds the true utility of random runtimes', () => {
    const random = createRandom(4);
    // Exponential runtimes of mean 10 under patience of mean 20: E[u] = 20 / 30.
    for (let trial = 0; trial < 50; trial += 1) {
      const times = Array.from({ length: 300 }, () => -10 * Math.log(1 - random.next()));
      const { lower, upper } = censoredUtility(times, { ...confidence, cap: 8, utility: patience });
      expect(lower).toBeLessThan(2 / 3);
      expect(upper).toBeGreaterThan(2 / 3);
    }
  });

  it('refuses no runs, negative times and caps below the first', () => {
    const options = { ...confidence, cap: 16, utility: patience };
    expect(() => censoredUtility([], options)).toThrow(/^times must hold at least one run/);
    expect(() => censoredUtility([-1], options)).toThrow(/^times must be in/);
    expect(() => censoredUtility([1], { ...options, cap: 0.5 })).toThrow(/^cap must be in \[1, ∞\)/);
    expect(() => censoredUtility([1], { ...options, failureProbability: 1 })).toThrow(/^failureProbability must be/);
    expect(() => censoredUtility([1], { ...options, candidates: 0 })).toThrow(/^candidates must be/);
  });
});

describe('raising caps', () => {
  it('is due once what is hidden outweighs chance, by the newer rule sooner', () => {
    const at = (alpha: number) =>
      ({ ...censoredUtility(worked, { ...confidence, cap: 16, utility: patience }), alpha }) as const;
    // u(κ)(1 − F̂) = 0.1348: UP doubles from α = 0.0674 down, OUP where 1.1013 α ≤ 0.1348 + 0.4493 α: from 0.2067.
    expect([0.068, 0.067].map((alpha) => shouldDoubleCap(at(alpha), 'UP'))).toEqual([false, true]);
    expect([0.208, 0.206].map((alpha) => shouldDoubleCap(at(alpha)))).toEqual([false, true]);
  });
});

describe('rankUtilities', () => {
  it('drops what is shown to be worse', () => {
    const bounds = [
      { lower: 0.2, upper: 0.4 },
      { lower: 0.5, upper: 0.7 },
      { lower: 0.45, upper: 0.8 },
    ];
    expect(rankUtilities(bounds)).toEqual({ best: 1, survivors: [1, 2], next: 2, epsilon: expect.closeTo(0.3, 12) });
    expect(() => rankUtilities([])).toThrow(/^candidates must not be empty/);
  });

  it('gives ties to the first, and always keeps the best in', () => {
    const tie = { lower: 0.5, upper: 0.6 };
    expect(rankUtilities([tie, tie])).toMatchObject({ best: 0, next: 0, survivors: [0, 1] });
    const bound = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(bound, bound), { minLength: 1 }), (pairs) => {
        const ranking = rankUtilities(pairs.map(([a, b]) => ({ lower: Math.min(a, b), upper: Math.max(a, b) })));
        expect(ranking.survivors).toContain(ranking.best);
        expect(ranking.survivors).toContain(ranking.next);
        expect(ranking.epsilon).toBeGreaterThanOrEqual(0);
      }),
      { seed: 3 },
    );
  });

  it('carries bounds on', () => {
    expect(tightened({ lower: 0.2, upper: 0.6 }, { lower: 0.1, upper: 0.5 })).toEqual({ lower: 0.2, upper: 0.5 });
  });
});

describe('naiveRuns', () => {
  it('gives the worked number', () => {
    const utilityAtCap = runtimeUtility({ kind: 'exponential', scale: 2 }).utilityAt(10);
    expect(utilityAtCap).toBeCloseTo(0.006738, 6);
    expect(naiveRuns({ candidates: 5, failureProbability: 0.05, epsilon: 0.3, utilityAtCap })).toBe(124);
    expect(() => naiveRuns({ ...confidence, epsilon: 0.1, utilityAtCap: 0.2 })).toThrow(
      /^epsilon must be.*Raise the cap/,
    );
  });
});

describe('a comparison by optimistic sampling', () => {
  it('ends at the best of three candidates without running bad ones to the end', () => {
    const random = createRandom(11);
    // Expected utility under a patience of mean 20: 20 / (20 + mean).
    const means = [2, 10, 40];
    const bounds = { ...confidence, candidates: means.length };
    const arms = means.map((mean) => ({
      cap: 1,
      // A runtime belongs to its run: a later, larger cap sees more of the same.
      hidden: [] as number[],
      draw: () => -mean * Math.log(1 - random.next()),
      bound: { lower: 0, upper: 1 },
    }));
    let ranking = rankUtilities(arms.map(({ bound }) => bound));
    for (let step = 0; ranking.epsilon > 0.15 && step < 2000; step += 1) {
      const arm = arms[ranking.next]!;
      for (let i = 0; i < 10; i += 1) arm.hidden.push(arm.draw());
      const estimate = censoredUtility(arm.hidden, { ...bounds, cap: arm.cap, utility: patience });
      arm.bound = tightened(arm.bound, estimate);
      if (shouldDoubleCap(estimate)) arm.cap *= 2;
      ranking = rankUtilities(arms.map(({ bound }) => bound));
    }
    expect(ranking.best).toBe(0);
    expect(ranking.epsilon).toBeLessThanOrEqual(0.15);
    const [best, , worst] = arms.map(({ hidden }) => hidden.length);
    expect(worst).toBeLessThan((best ?? 0) / 4);
  });
});
