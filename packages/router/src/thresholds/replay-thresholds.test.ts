import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apparateCosts, apparateImprovement, apparateRuns } from '../__fixtures__/apparate-runs.ts';
import { exitOf, isWrongAt, replayThresholds } from './replay-thresholds.ts';

describe('replayThresholds', () => {
  it('the worked example: leaving where 1 − confidence < 0.1 saves 53.5 % and loses nothing', () => {
    const { agreement, cost, exits } = replayThresholds(apparateRuns, apparateCosts, [0.9, 0.9]);
    expect(exits).toEqual([0.5, 0.3, 0.2]);
    expect(agreement).toBe(1);
    expect(apparateImprovement(cost)).toBeCloseTo(53.5, 9);
  });

  it('thresholds of infinity never accept, and cost what all stages cost', () => {
    expect(replayThresholds(apparateRuns, [2, 5, 10], [Infinity, Infinity])).toEqual({
      thresholds: [Infinity, Infinity],
      agreement: 1,
      cost: 10,
      exits: [0, 0, 1],
    });
  });

  it('a confidence that is missing accepts nowhere, whatever the threshold', () => {
    const run = { confidences: [undefined, Number.NaN], agrees: [false, false] };
    expect(exitOf(run, [-5, 0])).toBe(2);
    expect(isWrongAt(run, 2)).toBe(false);
    expect(isWrongAt(run, 1)).toBe(true);
  });

  it('of no runs there is nothing to say', () => {
    expect(replayThresholds([], [1, 2], [0.5])).toEqual({ thresholds: [0.5], agreement: 1, cost: 0, exits: [0, 0] });
  });

  it('a higher threshold of one stage alone never lets more end there (property)', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (a, b, other) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const at = (threshold: number): number =>
          replayThresholds(apparateRuns, apparateCosts, [threshold, other]).exits[0] ?? 0;
        expect(at(high)).toBeLessThanOrEqual(at(low));
      }),
      { seed: 10 },
    );
  });
});
