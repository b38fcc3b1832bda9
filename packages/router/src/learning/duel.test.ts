import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseDuel, type DuelState, learnDuel, startDuels } from './duel.ts';

function oneHot(count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_unused, j) => (i === j ? 1 : 0)));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

interface Fought {
  readonly state: DuelState;
  /** Duels of each arm. */
  readonly met: readonly number[];
  readonly duels: number;
}

/** Lets arms of these strengths fight; `ahead` is what being shown first is worth to a judge. */
function fight(
  strengths: readonly number[],
  rounds: number,
  { seed, ahead = 0 }: { readonly seed: string; readonly ahead?: number },
): Fought {
  const random = createRandom(seed);
  const arms = oneHot(strengths.length);
  const met = strengths.map(() => 0);
  let state = startDuels(strengths.length);
  let duels = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { pair } = chooseDuel(state, arms);
    if (pair === undefined) break;
    const [first, second] = random.next() < 0.5 ? pair : ([pair[1], pair[0]] as const);
    const won = random.next() < sigmoid((strengths[first] ?? 0) - (strengths[second] ?? 0) + ahead);
    state = learnDuel(state, [arms[first] ?? [], arms[second] ?? []], won);
    for (const arm of pair) met[arm] = (met[arm] ?? 0) + 1;
    duels += 1;
  }
  return { state, met, duels };
}

describe('chooseDuel', () => {
  it('at first compares what is least certain, and takes the earlier of equals', () => {
    expect(chooseDuel(startDuels(3), oneHot(3))).toEqual({ best: 0, pair: [0, 1] });
    // The second arm differs from the others by more.
    expect(chooseDuel(startDuels(1), [[0], [3], [0.5]])).toEqual({ best: 0, pair: [0, 1] });
  });

  it('has nothing to compare where arms are alike, and no doubt makes no race', () => {
    expect(
      chooseDuel(startDuels(2), [
        [1, 0],
        [1, 0],
      ]),
    ).toEqual({ best: 0 });
    const state = learnDuel(
      startDuels(2),
      [
        [1, 0],
        [0, 1],
      ],
      true,
    );
    expect(chooseDuel(state, oneHot(2), { doubt: 0 })).toEqual({ best: 0 });
    expect(chooseDuel(state, oneHot(2)).pair).toEqual([0, 1]);
  });

  it.each(['a', 'b', 'c'])('finds the best of four, and lets clear losers rest (seed %s)', (seed) => {
    const { state, met, duels } = fight([0, 1.5, -2, 0.5], 600, { seed });
    expect(chooseDuel(state, oneHot(4)).best).toBe(1);
    expect(met[2]).toBeLessThan(duels / 4);
  });

  it('a judge who likes what is shown first does not make it the best', () => {
    const { state } = fight([0, 1.5, -2, 0.5], 600, { seed: 'ahead', ahead: 1 });
    expect(chooseDuel(state, oneHot(4)).best).toBe(1);
    expect(state.belief.mean[0]).toBeGreaterThan(0.5);
  });

  it('learns by request who is better at what', () => {
    const random = createRandom('kinds');
    // Arm 0 is good at kind +1, arm 1 at kind −1: features are kind · which.
    const armsFor = (kind: number): readonly [readonly number[], readonly number[]] => [[kind], [-kind]];
    let state = startDuels(1);
    for (let i = 0; i < 200; i += 1) {
      const kind = random.next() < 0.5 ? 1 : -1;
      state = learnDuel(state, armsFor(kind), random.next() < sigmoid(2 * kind));
    }
    expect([1, -1].map((kind) => chooseDuel(state, armsFor(kind)).best)).toEqual([0, 1]);
  });

  it.each([
    [[[1, 0]], /received 1 arms/],
    [[], /received 0 arms/],
    [[[1, 0], [1]], /2 finite features each, received \[1\]/],
    [
      [
        [1, 0],
        [1, Number.NaN],
      ],
      /received \[1, NaN\]/,
    ],
  ])('%j is refused', (arms, message) => {
    expect(() => chooseDuel(startDuels(2), arms)).toThrow(message);
  });

  it('what is no number of features, or no doubt, is refused', () => {
    expect(() => startDuels(0)).toThrow(InvalidOptionError);
    expect(() => startDuels(1.5)).toThrow(InvalidOptionError);
    expect(() => chooseDuel(startDuels(2), oneHot(2), { doubt: -1 })).toThrow(/doubt must be 0 or more/);
    expect(() => learnDuel(startDuels(2), [[1, 0], []], true)).toThrow(InvalidOptionError);
  });

  it('the best is always in the race, pairs are two of its arms, and the state is plain JSON (property)', () => {
    const arm = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }));
    const history = fc.array(fc.tuple(arm, arm, fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(history, fc.array(arm, { minLength: 2, maxLength: 5 }), (seen, arms) => {
        let state = startDuels(2);
        for (const [first, second, won] of seen) state = learnDuel(state, [first, second], won);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        const { best, pair } = chooseDuel(state, arms);
        const scores = arms.map(([a, b]) => a * (state.belief.mean[1] ?? 0) + b * (state.belief.mean[2] ?? 0));
        expect(scores[best]).toBeCloseTo(Math.max(...scores), 12);
        if (pair === undefined) return;
        expect(pair[0]).toBeLessThan(pair[1]);
        expect(pair[1]).toBeLessThan(arms.length);
        // Nobody who is surely worse than the best is compared.
        const certain = chooseDuel(state, arms, { doubt: 0 });
        for (const one of certain.pair ?? []) expect(scores[one]).toBeCloseTo(scores[best] ?? Number.NaN, 9);
      }),
      { seed: 77, numRuns: 200 },
    );
  });
});
