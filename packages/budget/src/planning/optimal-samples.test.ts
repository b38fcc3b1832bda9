import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeMatchedSamples } from './compute-matched-samples.ts';
import { optimalSamples, type OptimalSamplesOptions } from './optimal-samples.ts';

/** The authors' parameters. */
const verifier = {
  difficulties: [
    { share: 0.58, successRate: 0.87 },
    { share: 0.42, successRate: 0.13 },
  ],
  completeness: 1,
  soundness: 0.75,
  valueUsd: 1,
} as const;

describe('optimalSamples', () => {
  it.each([
    [0.5, Infinity, [0.5041, 0.558203, 0.56671, 0.569649, 0.571311, 0.572371]],
    [0.7, 3, [0.48206, 0.523874, 0.524567, 0.522426, 0.520777, 0.519676]],
    [1, 2, [0.449, 0.472381, 0.461352, 0.451593, 0.444976, 0.440633]],
    [2, 1, [0.3388, 0.300737, 0.250637, 0.215482]],
    [4, 1, [0.1184, -0.04255]],
    [8, 0, [-0.3224]],
  ])('with false accepts at $%d tries %d times', (falseAcceptUsd, samples, curve) => {
    const result = optimalSamples({ ...verifier, falseAcceptUsd });
    expect(result.samples).toBe(samples);
    for (const [i, expected] of curve.entries()) expect(result.curve[i]?.expectedUsd).toBeCloseTo(expected, 6);
  });

  it('comes to what an endless row of attempts comes to', () => {
    expect(optimalSamples({ ...verifier, falseAcceptUsd: 0.5 }).expectedUsd).toBeCloseTo(0.574354, 6);
    expect(optimalSamples({ ...verifier, falseAcceptUsd: 0.5, maxSamples: 5 })).toMatchObject({ samples: 5 });
    expect(optimalSamples({ ...verifier, falseAcceptUsd: 8 }).expectedUsd).toBe(0);
  });

  it.each([
    [1, 2, 0.459075],
    [2, 1, 0.3288],
  ])('with attempts at a cent and false accepts at $%d tries %d times', (falseAcceptUsd, samples, expectedUsd) => {
    const result = optimalSamples({ ...verifier, falseAcceptUsd, sampleUsd: 0.01 });
    expect(result.samples).toBe(samples);
    expect(result.expectedUsd).toBeCloseTo(expectedUsd, 6);
  });

  it('knows that late accepts are mostly wrong', () => {
    const { curve } = optimalSamples({ ...verifier, falseAcceptUsd: 1 });
    const easy = [0.58, 0.171053, 0.029912, 0.004586, 0.000688];
    const right = [0.835375, 0.579926, 0.417836, 0.381076, 0.375154];
    for (const [i, step] of curve.slice(0, 5).entries()) {
      expect(step.posterior[0]).toBeCloseTo(easy[i] ?? Number.NaN, 6);
      expect(step.precision).toBeCloseTo(right[i] ?? Number.NaN, 6);
    }
  });

  it('ends where a perfect verifier has nothing left to reject', () => {
    const sure = {
      difficulties: [{ share: 1, successRate: 1 }],
      completeness: 1,
      soundness: 1,
      valueUsd: 1,
      falseAcceptUsd: 1,
    };
    expect(optimalSamples(sure)).toMatchObject({ samples: 1, expectedUsd: 1, curve: [{ attempt: 1, precision: 1 }] });
  });

  it('is no worse than any fixed number, and falls with the price of a false accept', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        unit,
        unit,
        unit,
        unit,
        unit,
        fc.double({ min: 0, max: 10, noNaN: true }),
        (...[r1, r2, share, completeness, soundness, price]) => {
          const options: OptimalSamplesOptions = {
            difficulties: [
              { share, successRate: r1 },
              { share: 1 - share, successRate: r2 },
            ],
            completeness,
            soundness,
            valueUsd: 1,
            falseAcceptUsd: price,
            sampleUsd: 0.01,
            maxSamples: 60,
          };
          const result = optimalSamples(options);
          expect(result.expectedUsd).toBeGreaterThanOrEqual(0);
          for (const { expectedUsd } of result.curve) expect(result.expectedUsd).toBeGreaterThanOrEqual(expectedUsd);
          const dearer = optimalSamples({ ...options, falseAcceptUsd: price + 1 });
          expect(dearer.expectedUsd).toBeLessThanOrEqual(result.expectedUsd + 1e-12);
        },
      ),
      { seed: 3 },
    );
  });

  it('refuses shares that do not add up and rates that cannot be', () => {
    const half = [{ share: 0.5, successRate: 0.5 }];
    expect(() => optimalSamples({ ...verifier, falseAcceptUsd: 1, difficulties: half })).toThrow(
      /^difficulties must have shares/,
    );
    expect(() => optimalSamples({ ...verifier, falseAcceptUsd: 1, soundness: 75 })).toThrow(
      /^soundness must be in \[0, 1\]/,
    );
    expect(() => optimalSamples({ ...verifier, falseAcceptUsd: -1 })).toThrow(/^falseAcceptUsd must be/);
    expect(() => optimalSamples({ ...verifier, falseAcceptUsd: 1, maxSamples: 0 })).toThrow(/^maxSamples must be/);
  });
});

describe('computeMatchedSamples', () => {
  it('counts the prompt once or with each sample', () => {
    const prices = { largeAnswer: 0.0021, smallSample: 0.0001, smallPrompt: 0.0005 };
    expect(computeMatchedSamples({ ...prices, promptBilled: 'once' })).toBe(16);
    expect(computeMatchedSamples(prices)).toBe(3);
    expect(computeMatchedSamples({ largeAnswer: 27e9, smallSample: 9e9, largeAnswers: 10 })).toBe(30);
    expect(computeMatchedSamples({ largeAnswer: 0.0001, smallSample: 1 })).toBe(0);
    expect(() => computeMatchedSamples({ largeAnswer: 1, smallSample: 0 })).toThrow(/^smallSample must be/);
  });

  it('never costs more than the answer, and one more would', () => {
    const cost = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(cost, cost, cost, (largeAnswer, smallSample, smallPrompt) => {
        const samples = computeMatchedSamples({ largeAnswer, smallSample, smallPrompt });
        expect(samples * (smallSample + smallPrompt)).toBeLessThanOrEqual(largeAnswer);
        expect((samples + 1) * (smallSample + smallPrompt)).toBeGreaterThan(largeAnswer);
      }),
      { seed: 4 },
    );
  });
});
