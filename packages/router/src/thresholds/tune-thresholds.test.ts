import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apparateCosts, apparateImprovement, apparateRuns } from '../__fixtures__/apparate-runs.ts';
import { replayThresholds, type ShadowedRun } from './replay-thresholds.ts';
import { tuneThresholds } from './tune-thresholds.ts';

describe('tuneThresholds', () => {
  it.each([
    [0.0001, 61.6],
    [0.101, 66.6],
    [0.201, 69.7],
    [0.301, 72.8],
  ])('the worked example: with a loss of %s it saves %s %%, the most that can be had', (accuracyLoss, improvement) => {
    const tuned = tuneThresholds(apparateRuns, { costs: apparateCosts, accuracyLoss });
    expect(apparateImprovement(tuned.cost)).toBeCloseTo(improvement, 9);
    expect(1 - tuned.agreement).toBeLessThanOrEqual(accuracyLoss);
    expect(replayThresholds(apparateRuns, apparateCosts, tuned.thresholds)).toEqual(tuned);
  });

  it('without a loss six in ten end at the first stage and three at the second', () => {
    const { exits, thresholds } = tuneThresholds(apparateRuns, { costs: apparateCosts, accuracyLoss: 0 });
    expect(exits).toEqual([0.6, 0.3, 0.1]);
    expect(thresholds).toEqual([0.85, 0.8]);
  });

  it('never accepts where nothing agrees, or where ending early is not cheaper', () => {
    const runs = apparateRuns.map(({ confidences }) => ({ confidences, agrees: [false, false] }));
    expect(tuneThresholds(runs, { costs: apparateCosts, accuracyLoss: 0 }).thresholds).toEqual([Infinity, Infinity]);
    expect(tuneThresholds(apparateRuns, { costs: [9, 9, 1], accuracyLoss: 0.5 }).thresholds).toEqual([
      Infinity,
      Infinity,
    ]);
  });

  it('of equally cheap thresholds those with more agreement, then the higher ones', () => {
    const run = (confidence: number, agrees: boolean): ShadowedRun => ({ confidences: [confidence], agrees: [agrees] });
    const free = { costs: [1, 1], accuracyLoss: 0.9 };
    expect(tuneThresholds([run(0.9, true), run(0.5, false)], free).thresholds).toEqual([Infinity]);
    const mixed = [run(0.9, false), run(0.8, true)];
    expect(tuneThresholds(mixed, { costs: [0, 1], accuracyLoss: 0 }).thresholds).toEqual([Infinity]);
    expect(tuneThresholds(mixed, { costs: [0, 1], accuracyLoss: 0.5 })).toMatchObject({
      thresholds: [0.8],
      agreement: 0.5,
    });
  });

  it('a threshold takes in all that tie with it', () => {
    const tied = [true, true, false].map((agrees) => ({ confidences: [0.7], agrees: [agrees] }));
    expect(tuneThresholds(tied, { costs: [0, 1], accuracyLoss: 0.3 }).thresholds).toEqual([Infinity]);
    expect(tuneThresholds(tied, { costs: [0, 1], accuracyLoss: 0.34 }).thresholds).toEqual([0.7]);
  });

  it('leaves out confidences that are missing', () => {
    const runs = [
      { confidences: [undefined], agrees: [false] },
      { confidences: [Number.NaN], agrees: [false] },
      { confidences: [0.2], agrees: [true] },
    ];
    expect(tuneThresholds(runs, { costs: [0, 1], accuracyLoss: 0 })).toMatchObject({ thresholds: [0.2], agreement: 1 });
  });

  it('a cascade of one stage has nothing to tune', () => {
    const tuned = tuneThresholds([{ confidences: [], agrees: [] }], { costs: [3], accuracyLoss: 0 });
    expect(tuned).toEqual({ thresholds: [], agreement: 1, cost: 3, exits: [1] });
  });

  it.each([
    [[], { costs: [1, 2], accuracyLoss: 0.1 }, /received no run/],
    [
      [{ confidences: [0.5, 0.5], agrees: [true, true] }],
      { costs: [1, 2], accuracyLoss: 0.1 },
      /of the 1 stages .* 2 and 2/,
    ],
    [[{ confidences: [0.5], agrees: [] }], { costs: [1, 2], accuracyLoss: 0.1 }, /1 and 0/],
    [apparateRuns, { costs: apparateCosts, accuracyLoss: 1 }, /accuracyLoss must be in \[0, 1\), received 1/],
    [apparateRuns, { costs: apparateCosts, accuracyLoss: Number.NaN }, /received NaN/],
  ])('%j with %j is refused', (runs, options, message) => {
    expect(() => tuneThresholds(runs, options)).toThrow(message);
    expect(() => tuneThresholds(runs, options)).toThrow(InvalidOptionError);
  });

  const runsOf = (stages: number): fc.Arbitrary<readonly ShadowedRun[]> =>
    fc.array(
      fc.record({
        confidences: fc.array(fc.constantFrom(0.1, 0.3, 0.5, 0.7, 0.9), { minLength: stages, maxLength: stages }),
        agrees: fc.array(fc.boolean(), { minLength: stages, maxLength: stages }),
      }),
      { minLength: 1, maxLength: 12 },
    );
  const grid = [Infinity, 0.9, 0.7, 0.5, 0.3, 0.1];
  const loss = fc.constantFrom(0, 0.1, 0.25, 0.5);

  it.each([1, 2])('finds the cheapest of all thresholds of %s stages (property)', (stages) => {
    fc.assert(
      fc.property(runsOf(stages), loss, (runs, accuracyLoss) => {
        const costs = [1, 3, 10].slice(-stages - 1);
        const tuned = tuneThresholds(runs, { costs, accuracyLoss });
        const all = stages === 1 ? grid.map((a) => [a]) : grid.flatMap((a) => grid.map((b) => [a, b]));
        const feasible = all
          .map((thresholds) => replayThresholds(runs, costs, thresholds))
          .filter(({ agreement }) => 1 - agreement <= accuracyLoss + 1e-9);
        const cheapest = Math.min(...feasible.map(({ cost }) => cost));
        expect(tuned.cost).toBeCloseTo(cheapest, 9);
        const agreements = feasible.filter(({ cost }) => cost <= cheapest + 1e-9).map(({ agreement }) => agreement);
        expect(tuned.agreement).toBeCloseTo(Math.max(...agreements), 9);
      }),
      { seed: 40 + stages, numRuns: 300 },
    );
  });

  it('with three thresholds it stays within the loss, and no single change would make it cheaper (property)', () => {
    fc.assert(
      fc.property(runsOf(3), loss, (runs, accuracyLoss) => {
        const costs = [1, 3, 6, 10];
        const tuned = tuneThresholds(runs, { costs, accuracyLoss });
        expect(1 - tuned.agreement).toBeLessThanOrEqual(accuracyLoss + 1e-9);
        for (const stage of [0, 1, 2]) {
          for (const threshold of grid) {
            const other = replayThresholds(runs, costs, tuned.thresholds.with(stage, threshold));
            const isCheaper = other.cost < tuned.cost - 1e-9 && 1 - other.agreement <= accuracyLoss + 1e-9;
            expect(isCheaper).toBe(false);
          }
        }
      }),
      { seed: 43, numRuns: 200 },
    );
  });
});
