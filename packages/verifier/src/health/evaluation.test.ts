import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluationNoise, standardErrorOfRate } from './evaluation-noise.ts';
import { type TruthOutcome, truthfulness } from './truthfulness.ts';

describe('standardErrorOfRate', () => {
  it.each([
    [0.8, 164, 0.031235],
    [0.65, 5000, 0.006745],
    [0.9, 50, 0.042426],
    [1, 10, 0],
  ])('of %d on %d items is %d', (rate, items, expected) => {
    expect(standardErrorOfRate(rate, items)).toBeCloseTo(expected, 6);
  });

  it('refuses percentages and no items', () => {
    expect(() => standardErrorOfRate(80, 164)).toThrow(/^rate must be in \[0, 1\], received 80\. Did you mean 0\.8\?/);
    expect(() => standardErrorOfRate(0.8, 0)).toThrow(/^items must be a whole number/);
  });
});

describe('evaluationNoise', () => {
  it('is that of the last scores, and how steadily they rose', () => {
    const noise = evaluationNoise([
      [0.25, 0.27, 0.26, 0.3, 0.33],
      [0.2, 0.22, 0.25, 0.28, 0.37],
    ]);
    expect(noise.mean).toBeCloseTo(0.35, 12);
    expect(noise.standardDeviation).toBeCloseTo(0.04 / Math.SQRT2, 12);
    expect(noise.signalToNoise).toBeCloseTo((0.35 * Math.SQRT2) / 0.04, 9);
    expect(noise.monotonicity).toBeCloseTo((0.8 + 1) / 2, 12);
  });

  it('leaves out what cannot be told', () => {
    expect(evaluationNoise([[0.5], [0.5]])).toEqual({ mean: 0.5, standardDeviation: 0 });
    expect(() => evaluationNoise([[0.5]])).toThrow(/^runs must hold at least two, received 1/);
    expect(() => evaluationNoise([[0.5], []])).toThrow(/^runs\[1\] must hold at least one score/);
  });
});

describe('truthfulness', () => {
  const outcomes = (correct: number, abstained: number, wrong: number): readonly TruthOutcome[] => [
    ...Array.from({ length: correct }, () => 'correct' as const),
    ...Array.from({ length: abstained }, () => 'abstained' as const),
    ...Array.from({ length: wrong }, () => 'wrong' as const),
  ];

  it.each([
    [488, 77, 435, 0.053],
    [566, 240, 194, 0.372],
  ])('of %d right, %d abstained, %d wrong is %d', (...[correct, abstained, wrong, expected]) => {
    const result = truthfulness(outcomes(correct, abstained, wrong));
    expect(result.truthfulness).toBeCloseTo(expected, 12);
    expect(result.accuracy + result.abstention + result.hallucination).toBeCloseTo(1, 12);
    expect(result.hallucination).toBeCloseTo(wrong / 1000, 12);
  });

  it('ranks abstaining between right and wrong, whatever the weights', () => {
    const weight = fc.double({ min: 0, max: 9, noNaN: true });
    fc.assert(
      fc.property(
        weight,
        weight,
        fc.array(fc.constantFrom<TruthOutcome>('correct', 'abstained', 'wrong')),
        (right, wrong, rest) => {
          const [best, middle, worst] = (['correct', 'abstained', 'wrong'] as const).map(
            (outcome) => truthfulness([...rest, outcome], { correct: right, wrong }).truthfulness,
          );
          expect(best).toBeGreaterThanOrEqual((middle ?? 0) - 1e-12);
          expect(middle).toBeGreaterThanOrEqual((worst ?? 0) - 1e-12);
        },
      ),
      { seed: 52 },
    );
    expect(truthfulness(outcomes(1, 1, 0), { abstained: 0.5 }).truthfulness).toBe(0.75);
  });

  it('refuses nothing and negative weights', () => {
    expect(() => truthfulness([])).toThrow(/^outcomes must hold at least one/);
    expect(() => truthfulness(['wrong'], { wrong: -1 })).toThrow(
      /^weights\.wrong must be a number in \[0, ∞\), received -1/,
    );
  });
});
