import type { EffortLevel } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePosition, positionsOf } from './choose-position.ts';
import { type EffortPosition, gainsOf } from './effort-gains.ts';
import { type EffortRecord, noRecord } from './effort-state.ts';

const levels = (gains: { readonly [level in EffortLevel]?: number }): EffortPosition[] =>
  (Object.entries(gains) as [EffortLevel, number][]).map(([effort, gain]) => ({ effort, gain }));
const positions = positionsOf(levels({ minimal: 0.1, low: 0.4, high: 1.6 }), undefined);

describe('gainsOf', () => {
  const record = (
    known: { readonly [level in EffortLevel]?: readonly [calls: number, mean: number] },
  ): EffortRecord => ({
    ...noRecord('test/thinker', 'sums'),
    levels: Object.fromEntries(
      Object.entries(known).map(([level, [calls, mean]]) => [
        level,
        { calls, ended: calls, tokens: calls * mean, longest: 2 * mean },
      ]),
    ),
  });
  const gains = (of: EffortRecord, efforts: readonly EffortLevel[], reference?: EffortLevel): [unknown, number][] =>
    gainsOf(of, { efforts, reference, baselineTokens: 1000 }).map(({ effort, gain }) => [effort, gain]);

  it('is the mean of a level over the baseline, a guess counting as five calls', () => {
    expect(gains(record({}), ['low', 'high'])).toEqual([
      ['low', 0.4],
      ['high', 1],
    ]);
    expect(gains(record({ low: [5, 200] }), ['low'])).toEqual([['low', 0.3]]);
    expect(gains(record({ low: [995, 200] }), ['low'])).toEqual([['low', 0.201]]);
  });

  it('pools levels that would fall', () => {
    const [low, medium, high] = gains(record({ low: [995, 600], medium: [995, 400] }), ['low', 'medium', 'high']);
    expect(low?.[1]).toBeCloseTo((0.599 + 0.4015) / 2, 10);
    expect(medium?.[1]).toBe(low?.[1]);
    expect(high?.[1]).toBe(1);
  });

  it('leaves out not thinking, and the reference', () => {
    expect(gains(record({}), ['none', 'low', 'medium'], 'medium')).toEqual([['low', 0.4]]);
    expect(gains(record({}), [])).toEqual([]);
  });
});

describe('choosePosition', () => {
  it.each([
    [0.4, 'low'],
    // gain 0.4 <= 0.35 × 1.15, and 0.47 × 0.85 <= 0.4: in both cases it is near enough
    [0.35, 'low'],
    [0.47, 'low'],
    [0.05, 'minimal'],
    [0.1, 'minimal'],
    [0.9, undefined],
    [1.1, undefined],
    [1.5, 'high'],
    [2, 'high'],
  ] as const)('for %d takes the highest level within the slack, else the lowest: %s', (aim, effort) => {
    for (const phase of [0, 0.5, 0.99]) expect(choosePosition(positions, aim, phase).effort).toBe(effort);
  });

  it('shares calls between two levels that are both too far, so that their mean is the aim', () => {
    const takes = (phase: number): unknown => choosePosition(positions, 0.7, phase).effort;
    // (0.7 - 0.4) / (1 - 0.4) = one half
    expect([takes(0), takes(0.49), takes(0.51), takes(0.99)]).toEqual([undefined, undefined, 'low', 'low']);
  });

  it('leaves out a level that does what the reference does, but never hides the lowest', () => {
    expect(positionsOf(levels({ low: 0.9, medium: 1.1, high: 1.3 }), undefined).map(({ effort }) => effort)).toEqual([
      'low',
      undefined,
      'high',
    ]);
    expect(positionsOf(levels({ low: 3 }), 'medium')).toEqual([
      { effort: 'low', gain: 1 },
      { effort: 'medium', gain: 1 },
    ]);
    expect(positionsOf([], undefined)).toEqual([{ effort: undefined, gain: 1 }]);
  });

  it('never gives a lower position for a larger aim', () => {
    const curves = fc.array(fc.double({ min: 0.05, max: 3, noNaN: true }), { minLength: 0, maxLength: 5 });
    const aims = fc.tuple(fc.double({ min: 0.01, max: 4, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }));
    fc.assert(
      fc.property(curves, aims, fc.double({ min: 0, max: 0.999, noNaN: true }), (curve, [aim, more], phase) => {
        const names: EffortLevel[] = ['minimal', 'low', 'medium', 'high', 'max'];
        const all = positionsOf(
          curve.toSorted((a, b) => a - b).map((gain, i) => ({ effort: names[i], gain })),
          undefined,
        );
        const one = choosePosition(all, aim, phase);
        const other = choosePosition(all, aim + more, phase);
        expect(all.indexOf(other)).toBeGreaterThanOrEqual(all.indexOf(one));
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});
