import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformalLabels, conformalThresholds } from './conformal-thresholds.ts';
import type { LabelledScore } from './labelled-score.ts';

const labelled: readonly LabelledScore[] = [
  ...[0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.55, 0.4].map((score) => ({ score, correct: true })),
  ...[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.45, 0.6, 0.8].map((score) => ({ score, correct: false })),
];

const both = ['correct', 'wrong'];

describe('conformalThresholds', () => {
  // In the paper's terms correctAtLeast is 1 − q₁ and wrongAtMost is q₀.
  it.each([
    [0.1, 0.4, 0.8],
    [0.2, 0.55, 0.6],
    [0.3, 0.6, 0.45],
    [0.5, 0.75, 0.25],
    [0.05, -Infinity, Infinity],
  ])('at %d are %d and %d', (miscoverage, correctAtLeast, wrongAtMost) => {
    expect(conformalThresholds(labelled, miscoverage)).toEqual({ correctAtLeast, wrongAtMost });
  });

  it.each<[number, number, readonly string[]]>([
    [0.1, 0.7, both],
    [0.1, 0.82, ['correct']],
    [0.2, 0.7, ['correct']],
    [0.2, 0.65, ['correct']],
    [0.2, 0.5, ['wrong']],
    [0.2, 0.6, both],
    [0.3, 0.5, []],
    [0.5, 0.7, []],
    [0.5, 0.82, ['correct']],
    [0.05, 0.99, both],
    [0.05, 0.01, both],
  ])('at %d say of a score of %d that it fits %j', (miscoverage, score, expected) => {
    expect(conformalLabels(conformalThresholds(labelled, miscoverage), score)).toEqual(expected);
  });

  it('leave out at most the share that was allowed of the labels themselves', () => {
    const labels = fc.array(fc.record({ score: fc.integer({ min: 0, max: 20 }), correct: fc.boolean() }));
    fc.assert(
      fc.property(labels, fc.double({ min: 0.05, max: 0.9, noNaN: true }), (list, miscoverage) => {
        const thresholds = conformalThresholds(list, miscoverage);
        for (const kind of ['correct', 'wrong'] as const) {
          const own = list.filter(({ correct }) => correct === (kind === 'correct'));
          const missed = own.filter(({ score }) => !conformalLabels(thresholds, score).includes(kind));
          expect(missed.length).toBeLessThanOrEqual(miscoverage * (own.length + 1));
        }
      }),
      { seed: 31 },
    );
  });

  it('fit everything without labels, and refuse a percentage', () => {
    expect(conformalLabels(conformalThresholds([], 0.5), 0)).toEqual(both);
    expect(() => conformalThresholds(labelled, 10)).toThrow(
      /^miscoverage must be in \(0, 1\), received 10\. Did you mean 0\.1\?/,
    );
  });
});
