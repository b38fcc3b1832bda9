import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearson, clopperPearsonUpperBound } from './clopper-pearson.ts';
import { wilsonInterval } from './wilson-interval.ts';

const cases = fc.nat(300).chain((trials) => fc.tuple(fc.nat(trials), fc.constant(trials)));

describe('clopperPearson', () => {
  // Computed in Python by bisection on the binomial tail with 60 digits.
  it.each([
    [8, 10, 0.95, 0.44390453769235844, 0.9747892736731666],
    [0, 10, 0.95, 0, 0.30849710781876083],
    [10, 10, 0.95, 0.6915028921812392, 1],
    [1, 20, 0.95, 0.0012650894979498036, 0.24873276277202777],
    [50, 100, 0.99, 0.368861437358924, 0.6311385626410759],
    [7, 1000, 0.95, 0.002818858759620526, 0.014369194978918634],
    [500, 1000, 0.95, 0.46854917297179194, 0.531450827028208],
    [3, 17, 0.999999, 0.0009054477641572999, 0.7652609204891633],
  ])('of %d in %d at %d', (...[successes, trials, confidence, lower, upper]) => {
    const interval = clopperPearson(successes, trials, confidence);
    expect(interval.lower).toBeCloseTo(lower, 11);
    expect(interval.upper).toBeCloseTo(upper, 11);
  });

  it('is everything without trials', () => {
    expect(clopperPearson(0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  it('copes with a billion trials', () => {
    const { lower, upper } = clopperPearson(5e8, 1e9);
    expect(lower).toBeCloseTo(0.5 - 1.95996 * 0.5e-9 ** 0.5 * 0.5 ** 0.5, 8);
    expect(upper).toBeCloseTo(1 - lower, 12);
  });

  it('contains the observed rate and covers at least as much as it says', () => {
    const trials = 12;
    const intervals = Array.from({ length: trials + 1 }, (_, successes) => clopperPearson(successes, trials, 0.9));
    const choose = (k: number): number => (k === 0 ? 1 : (choose(k - 1) * (trials - k + 1)) / k);
    for (let rate = 0.01; rate < 1; rate += 0.01) {
      const coverage = intervals
        .map(({ lower, upper }, k) =>
          lower <= rate && rate <= upper ? choose(k) * rate ** k * (1 - rate) ** (trials - k) : 0,
        )
        .reduce((total, probability) => total + probability, 0);
      expect(coverage).toBeGreaterThanOrEqual(0.9);
    }
  });

  it('mirrors and holds the observed rate', () => {
    fc.assert(
      fc.property(cases, ([successes, trials]) => {
        const { lower, upper } = clopperPearson(successes, trials);
        const rate = trials === 0 ? 0.5 : successes / trials;
        expect(lower).toBeLessThanOrEqual(rate);
        expect(upper).toBeGreaterThanOrEqual(rate);
        expect(clopperPearson(trials - successes, trials).lower).toBeCloseTo(1 - upper, 12);
      }),
    );
  });

  it('is wider than the Wilson interval where both are away from the ends', () => {
    const [exact, score] = [clopperPearson(30, 100), wilsonInterval(30, 100)];
    expect(exact.upper - exact.lower).toBeGreaterThan(score.upper - score.lower);
  });
});

describe('clopperPearsonUpperBound', () => {
  it.each([
    [0, 59, 0.95, 0.049507609888226944],
    [2, 100, 0.9, 0.05234529018038813],
    [5, 300, 0.95, 0.03472224430129499],
    [0, 100, 0.99, 0.04500741397856406],
    [10, 10, 0.95, 1],
    [0, 0, 0.95, 1],
  ])('of %d in %d at %d is %d', (...[successes, trials, confidence, expected]) => {
    expect(clopperPearsonUpperBound(successes, trials, confidence)).toBeCloseTo(expected, 12);
  });

  it('is the upper end of the two-sided interval with half the risk on each side', () => {
    expect(clopperPearsonUpperBound(8, 10, 0.975)).toBeCloseTo(clopperPearson(8, 10, 0.95).upper, 12);
  });

  it('rises with failures seen and falls with trials', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 51, max: 200 }), (successes, trials) => {
        const bound = clopperPearsonUpperBound(successes, trials);
        expect(clopperPearsonUpperBound(successes + 1, trials)).toBeGreaterThan(bound);
        expect(clopperPearsonUpperBound(successes, trials + 1)).toBeLessThan(bound);
      }),
    );
  });
});

it.each([
  [3, 2, 0.95, 'successes must be a whole number in [0, 2], received 3.'],
  [1, 1.5, 0.95, 'trials must be a whole number of at least 0, received 1.5.'],
  [1, 2, 0, 'confidence must be in (0, 1), received 0.'],
])('both reject %d in %d at %d', (...[successes, trials, confidence, message]) => {
  expect(() => clopperPearson(successes, trials, confidence)).toThrow(new RangeError(message));
  expect(() => clopperPearsonUpperBound(successes, trials, confidence)).toThrow(new RangeError(message));
});
