import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCascadeThresholds, type LabelledConfidence } from './fit-cascade-thresholds.ts';

const confidences = [0.3, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95];
const labels = [0, 0, 1, 0, 1, 1, 0, 1, 1, 1];
const worked = confidences.map((confidence, i): LabelledConfidence => ({ confidence, correct: labels[i] === 1 }));

describe('fitCascadeThresholds', () => {
  it.each([
    [0, 0.8],
    [0.05, 0.8],
    [0.1, 0.8],
    [0.2, 0.55],
    [0.3, 0.4],
    [0.4, 0.3],
    [0.5, 0.3],
  ])('with epsilon %s takes %s on the worked example', (epsilon, threshold) => {
    expect(fitCascadeThresholds([worked], { epsilon })[0]?.threshold).toBe(threshold);
  });

  it('says what lies above it, and fits every stage for itself', () => {
    expect(fitCascadeThresholds([worked, worked.slice(7)], { epsilon: 0.2 })).toEqual([
      { threshold: 0.55, accuracy: 5 / 6, accepted: 0.6 },
      { threshold: 0.8, accuracy: 1, accepted: 1 },
    ]);
  });

  it('does not let fewer answers than the support set the aim', () => {
    const lucky = [
      { confidence: 0.99, correct: true },
      ...Array.from({ length: 9 }, (_, i) => ({ confidence: 0.5 + i / 100, correct: i % 2 === 0 })),
    ];
    expect(fitCascadeThresholds([lucky], { epsilon: 0 })[0]?.threshold).toBe(0.58);
    expect(fitCascadeThresholds([lucky], { epsilon: 0.1, minSupport: 8 })[0]?.accepted).toBe(1);
  });

  it('treats answers of equal confidence alike', () => {
    const tied = [
      { confidence: 1, correct: true },
      { confidence: 1, correct: false },
      { confidence: 0, correct: false },
    ];
    expect(fitCascadeThresholds([tied], { epsilon: 0 })).toEqual([{ threshold: 1, accuracy: 0.5, accepted: 2 / 3 }]);
  });

  it('is never above the one for a smaller epsilon, and keeps its word on the labels (property)', () => {
    const labelled = fc.array(fc.record({ confidence: fc.integer({ min: 0, max: 9 }), correct: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(labelled, fc.double({ min: 0, max: 0.9, noNaN: true }), (stage, epsilon) => {
        const [strict] = fitCascadeThresholds([stage], { epsilon: 0 });
        const [loose] = fitCascadeThresholds([stage], { epsilon });
        if (strict === undefined || loose === undefined) throw new Error('no threshold');
        expect(loose.threshold).toBeLessThanOrEqual(strict.threshold);
        const above = stage.filter(({ confidence }) => confidence >= loose.threshold);
        expect(above.filter(({ correct }) => correct).length / above.length).toBeCloseTo(loose.accuracy, 12);
        expect(loose.accuracy).toBeGreaterThanOrEqual(strict.accuracy - epsilon - 1e-9);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it.each([
    [[[]], { epsilon: 0 }, 'Stage 0 has no labelled answer'],
    [[worked], { epsilon: 1 }, 'epsilon must be in [0, 1), received 1.'],
    [[worked], { epsilon: 0, minSupport: 0 }, 'minSupport must be at least 1, received 0.'],
  ])('refuses what cannot be meant', (stages, options, message) => {
    expect(() => fitCascadeThresholds(stages, options)).toThrow(InvalidOptionError);
    expect(() => fitCascadeThresholds(stages, options)).toThrow(message);
  });
});
