import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawExpert, type HedgeState, hedgeWeights, learnLosses, startHedge } from './hedge.ts';

function regretOf({ losses, mixtureLoss }: HedgeState): number {
  return mixtureLoss - Math.min(...losses);
}

describe('startHedge', () => {
  it.each([
    [2, 100, Math.sqrt((8 * Math.LN2) / 100)],
    [10, 1000, Math.sqrt((8 * Math.log(10)) / 1000)],
    [1, 10, 0],
  ])('sets the rate √(8 ln n / T) for %s experts and %s rounds', (...[experts, horizon, rate]) => {
    expect(startHedge(experts, horizon).rate).toBeCloseTo(rate, 14);
    expect(hedgeWeights(startHedge(experts, horizon))).toEqual(Array.from({ length: experts }, () => 1 / experts));
  });

  it.each([
    [0, 10],
    [1.5, 10],
    [2, 0],
    [2, Number.NaN],
    [2, Infinity],
  ])('%s experts over %s rounds are refused', (experts, horizon) => {
    expect(() => startHedge(experts, horizon)).toThrow(InvalidOptionError);
  });
});

describe('learnLosses', () => {
  it('weighs experts by e^(−rate · loss)', () => {
    const state = learnLosses({ rounds: 0, losses: [0, 0], mixtureLoss: 0, rate: 1 }, [0, 1]);
    expect(state).toEqual({ rounds: 1, losses: [0, 1], mixtureLoss: 0.5, rate: 1 });
    expect(hedgeWeights(state)[0]).toBeCloseTo(Math.E / (Math.E + 1), 12);
    expect(learnLosses(state, [1, 0]).mixtureLoss).toBeCloseTo(0.5 + Math.E / (Math.E + 1), 12);
  });

  it('does not run out of digits: a thousand times as good is still one', () => {
    const state: HedgeState = { rounds: 1, losses: [1e6, 1e6 + 1e5], mixtureLoss: 0, rate: 1 };
    expect(hedgeWeights(state)).toEqual([1, 0]);
  });

  it.each([[[0.5]], [[0.5, 0.5, 0.5]], [[0.5, 1.1]], [[-0.1, 0]], [[Number.NaN, 0]]])('%j is refused', (losses) => {
    expect(() => learnLosses(startHedge(2, 10), losses)).toThrow(InvalidOptionError);
  });

  it('regrets √(T ln n / 2) at most: on random streams, and on one that is made against it', () => {
    const random = createRandom('hedge');
    for (const [experts, horizon] of [
      [2, 50],
      [5, 400],
      [40, 1000],
    ] as const) {
      const bound = Math.sqrt((horizon * Math.log(experts)) / 2);
      const rates = Array.from({ length: experts }, () => random.next());
      const worlds: readonly ((state: HedgeState) => readonly number[])[] = [
        () => rates.map((rate) => (random.next() < rate ? 1 : 0)),
        // Whoever is trusted most is wrong.
        (state) => {
          const weights = hedgeWeights(state);
          const most = Math.max(...weights);
          return weights.map((weight) => (weight === most ? 1 : 0));
        },
      ];
      for (const lossesOf of worlds) {
        let state = startHedge(experts, horizon);
        for (let round = 0; round < horizon; round += 1) state = learnLosses(state, lossesOf(state));
        expect(regretOf(state)).toBeLessThanOrEqual(bound);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }
    }
  });

  it('regrets √(T ln n / 2) at most, whatever the losses (property)', () => {
    const stream = fc.integer({ min: 1, max: 6 }).chain((experts) =>
      fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: experts, maxLength: experts }), {
        minLength: 1,
        maxLength: 80,
      }),
    );
    fc.assert(
      fc.property(stream, (rounds) => {
        const experts = rounds[0]?.length ?? 1;
        const state = rounds.reduce(learnLosses, startHedge(experts, rounds.length));
        expect(regretOf(state)).toBeLessThanOrEqual(Math.sqrt((rounds.length * Math.log(experts)) / 2) + 1e-9);
        expect(hedgeWeights(state).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
      { seed: 14, numRuns: 300 },
    );
  });
});

describe('drawExpert', () => {
  it('draws by the mixture', () => {
    const random = createRandom('draw');
    const state: HedgeState = { rounds: 1, losses: [0, Math.LN2, 50], mixtureLoss: 0, rate: 1 };
    const counts = [0, 0, 0];
    for (let i = 0; i < 3000; i += 1) {
      const expert = drawExpert(state, random);
      counts[expert] = (counts[expert] ?? 0) + 1;
    }
    expect((counts[0] ?? 0) / 3000).toBeCloseTo(2 / 3, 1);
    expect(counts[2]).toBe(0);
  });

  it('gives the last one where rounding leaves nothing', () => {
    const almostOne = { next: () => 1 - 2 ** -53, int: () => 0, fork: () => almostOne };
    expect(drawExpert(startHedge(3, 10), almostOne)).toBe(2);
  });
});
