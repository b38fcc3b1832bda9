import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaHitRate, betaOfClass, worthwhileSamplesOfClass } from './class-saturation.ts';
import { hitRate, marginalHitRate, saturatingSamples, worthwhileSamples } from './saturation.ts';

const rate = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('saturatingSamples', () => {
  it.each([
    [0.3, 0.01, 10],
    [0.5, 0.01, 6],
    [0.1, 0.01, 22],
    [0.8, 0.01, 3],
    [0.3, 0.001, 16],
    [0.05, 0.01, 32],
    [0.02, 0.01, 35],
    [1, 0.01, 1],
    [0, 0.01, 0],
    [0.3, 0, Infinity],
    [0.3, 0.3, 0],
  ])('at rate %d and epsilon %d is %d', (successRate, epsilon, expected) => {
    expect(saturatingSamples({ successRate }, epsilon)).toBe(expected);
  });

  it('has the worked gains and hit rates', () => {
    expect(marginalHitRate({ successRate: 0.3 }, 9)).toBeCloseTo(0.01211, 5);
    expect(marginalHitRate({ successRate: 0.3 }, 10)).toBeCloseTo(0.00847, 5);
    expect(hitRate({ successRate: 0.3 }, 10)).toBeCloseTo(0.97175, 5);
    expect(hitRate({ successRate: 0.1 }, 22)).toBeCloseTo(0.9015, 4);
    expect(hitRate({ successRate: 0.05 }, 32)).toBeCloseTo(0.8063, 4);
    expect(hitRate({ successRate: 0.02 }, 35)).toBeCloseTo(0.5069, 4);
  });

  it('is the least number whose next gain is at most epsilon', () => {
    fc.assert(
      fc.property(rate, rate, fc.double({ min: 1e-6, max: 0.5, noNaN: true }), (successRate, ceiling, epsilon) => {
        const curve = { successRate, ceiling };
        const samples = saturatingSamples(curve, epsilon);
        expect(marginalHitRate(curve, samples)).toBeLessThanOrEqual(epsilon);
        if (samples > 0) expect(marginalHitRate(curve, samples - 1)).toBeGreaterThan(epsilon);
        expect(hitRate(curve, samples + 1) - hitRate(curve, samples)).toBeCloseTo(marginalHitRate(curve, samples), 12);
      }),
      { seed: 1 },
    );
  });

  it('refuses rates and gains that cannot be', () => {
    expect(() => saturatingSamples({ successRate: 30 }, 0.1)).toThrow(/^successRate must be in \[0, 1\], received 30/);
    expect(() => saturatingSamples({ successRate: 0.3, ceiling: 2 }, 0.1)).toThrow(/^ceiling must be/);
    expect(() => saturatingSamples({ successRate: 0.3 }, -1)).toThrow(/^epsilon must be/);
    expect(() => hitRate({ successRate: 0.3 }, -1)).toThrow(/^samples must be/);
  });
});

describe('worthwhileSamples', () => {
  it.each([
    [0.3, 1, 0.02, 8],
    [0.3, 10, 0.02, 15],
    [0.1, 1, 0.2, 0],
    [0.5, 1, 0.05, 4],
    [0.5, 1, 0, Infinity],
  ])('at rate %d, value %d, price %d is %d', (...[successRate, taskValueUsd, sampleUsd, expected]) => {
    expect(worthwhileSamples({ successRate, taskValueUsd, sampleUsd })).toBe(expected);
  });

  it('refuses a task that is worth nothing', () => {
    expect(() => worthwhileSamples({ successRate: 0.5, taskValueUsd: 0, sampleUsd: 1 })).toThrow(
      /^taskValueUsd must be/,
    );
  });
});

describe('a class whose problems differ', () => {
  it('saturates later than its mean rate', () => {
    expect(betaHitRate({ alpha: 1, beta: 1 }, 3)).toBeCloseTo(0.75, 12);
    const shape = fc.double({ min: 0.2, max: 20, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.integer({ min: 1, max: 40 }), (alpha, beta, samples) => {
        const successRate = alpha / (alpha + beta);
        const mean = hitRate({ successRate }, samples);
        const own = betaHitRate({ alpha, beta }, samples);
        expect(own).toBeLessThanOrEqual(mean + 1e-12);
        if (samples === 1) expect(own).toBeCloseTo(successRate, 12);
      }),
      { seed: 2 },
    );
  });

  it('is estimated from its problems: certain ones, alike ones and mixed ones', () => {
    const alike = betaOfClass(Array.from({ length: 10 }, () => ({ passes: 2, runs: 4 })));
    expect(alike).toEqual({ alpha: 20.5, beta: 20.5 });
    const split = betaOfClass([...Array(20)].map((_, i) => ({ passes: i % 2 === 0 ? 8 : 0, runs: 8 })));
    expect(split.alpha).toBeCloseTo(0.5, 6);
    expect(split.alpha).toBeCloseTo(split.beta, 9);
    expect(betaHitRate(split, 8)).toBeLessThan(betaHitRate(alike, 8));
    expect(betaOfClass([{ passes: 1, runs: 1 }])).toEqual({ alpha: 1.5, beta: 0.5 });
  });

  it('buys samples while they pay', () => {
    // 1 / ((N + 1)(N + 2)) against 0.02: N = 6 is 0.0179, N = 5 is 0.0238.
    expect(worthwhileSamplesOfClass({ alpha: 1, beta: 1, sampleUsd: 0.02, taskValueUsd: 1 })).toBe(6);
    expect(worthwhileSamplesOfClass({ alpha: 1, beta: 1, sampleUsd: 1, taskValueUsd: 1 })).toBe(0);
  });

  it('refuses what is no count and no belief', () => {
    expect(() => betaOfClass([{ passes: 5, runs: 4 }])).toThrow(/^problems must have whole/);
    expect(() => betaOfClass([])).toThrow(/^problems must hold at least one run/);
    expect(() => betaHitRate({ alpha: 0, beta: 1 }, 1)).toThrow(/^alpha must be/);
    expect(() => betaHitRate({ alpha: 1, beta: 1 }, 1.5)).toThrow(/^samples must be a whole number/);
  });
});
