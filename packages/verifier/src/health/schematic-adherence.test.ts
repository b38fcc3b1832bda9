import { createRandom, type Random } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeDrift } from './judge-drift.ts';
import { type RubricVerdict, schematicAdherence } from './schematic-adherence.ts';

const six: readonly RubricVerdict[] = [
  { criteria: [1, 2], verdict: 1.5 },
  { criteria: [2, 1], verdict: 1.4 },
  { criteria: [3, 5], verdict: 4.2 },
  { criteria: [4, 3], verdict: 3.4 },
  { criteria: [5, 4], verdict: 4.6 },
  { criteria: [2, 4], verdict: 2.9 },
];

/** A judge that weighs two criteria, with noise of its own. */
function judged(count: number, noise: number, random: Random): readonly RubricVerdict[] {
  return Array.from({ length: count }, () => {
    const criteria = [1 + random.int(5), 1 + random.int(5), 1 + random.int(5)];
    const [a = 0, b = 0] = criteria;
    return { criteria, verdict: 0.6 * a + 0.4 * b + noise * random.normal() };
  });
}

describe('schematicAdherence', () => {
  it('of six verdicts is what least squares gives', () => {
    const result = schematicAdherence(six);
    expect(result.linear).toBeCloseTo(0.994794, 6);
    expect(result.intercept).toBeCloseTo(-0.177574, 6);
    expect(result.weights[0]).toBeCloseTo(0.501654, 6);
    expect(result.weights[1]).toBeCloseTo(0.554596, 6);
    expect(result).toMatchObject({ rows: 6, dropped: 0, adherence: result.linear });
    // Five terms would fit six rows whatever they say.
    expect(result).not.toHaveProperty('quadratic');
    expect(result.unexplainedSensitivity).toBeCloseTo(Math.sqrt(1 - 0.994794), 5);
    expect(result.gain).toBeCloseTo(result.linear - result.bestSingle, 12);
    expect(result.weightEntropyRatio).toBeGreaterThan(0.99);
  });

  it('drops rows without a score and counts them', () => {
    const result = schematicAdherence([...six, { criteria: [undefined, 3], verdict: 100 }]);
    expect(result).toEqual({ ...schematicAdherence(six), dropped: 1 });
  });

  it('sees a judge that multiplies its criteria', () => {
    const random = createRandom('products');
    const verdicts = judged(200, 0, random).map(({ criteria }) => ({
      criteria,
      verdict: ((criteria[0] ?? 0) - 3) * ((criteria[1] ?? 0) - 3),
    }));
    const { linear, quadratic, adherence } = schematicAdherence(verdicts);
    expect(linear).toBeLessThan(0.1);
    expect(quadratic).toBeCloseTo(1, 9);
    expect(adherence).toBe(quadratic);
  });

  it('says how evenly criteria count', () => {
    const verdicts = judged(300, 0, createRandom('one'));
    const alone = schematicAdherence(verdicts.map(({ criteria }) => ({ criteria, verdict: criteria[2] ?? 0 })));
    expect(alone.weightEntropyRatio).toBeCloseTo(0, 6);
    expect(alone.weightDisparity).toBeCloseTo(Math.SQRT2, 6);
    expect(alone.gain).toBeCloseTo(0, 9);
    const evenly = schematicAdherence(
      verdicts.map(({ criteria }) => ({ criteria, verdict: criteria.reduce<number>((a, b) => a + (b ?? 0), 0) })),
    );
    expect(evenly.weightEntropyRatio).toBeGreaterThan(0.99);
    expect(evenly.weightDisparity).toBeLessThan(0.1);
    const single = schematicAdherence(
      six.map(({ criteria, verdict }) => ({ criteria: criteria.slice(0, 1), verdict })),
    );
    expect(single).not.toHaveProperty('weightEntropyRatio');
  });

  it('does not change with the units of criteria and verdicts', () => {
    const number = fc.integer({ min: -9, max: 9 });
    const rows = fc.array(fc.record({ criteria: fc.tuple(number, number), verdict: number }), {
      minLength: 16,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (verdicts) => {
        const result = schematicAdherence(verdicts);
        const other = schematicAdherence(
          verdicts.map(({ criteria: [a, b], verdict }) => ({ criteria: [10 * a + 1, -b], verdict: 3 * verdict - 7 })),
        );
        expect(other.adherence).toBeCloseTo(result.adherence, 8);
        expect(other.linear).toBeCloseTo(result.linear, 8);
        expect(result.adherence).toBeGreaterThanOrEqual(result.linear);
        expect(result.linear).toBeGreaterThanOrEqual(result.bestSingle - 1e-12);
      }),
      { seed: 50 },
    );
  });

  it.each<[readonly RubricVerdict[], RegExp]>([
    [[], /^verdicts must hold more complete rows .* received 0 for 0 criteria/],
    [six.slice(0, 3), /received 3 for 2 criteria/],
    [[...six, { criteria: [1], verdict: 1 }], /^verdicts\[6\]\.criteria must hold 2 scores like the first, received 1/],
    [[...six, { criteria: [1, NaN], verdict: 1 }], /^verdicts\[6\] must hold finite numbers, received NaN/],
  ])('refuses %j', (verdicts, message) => {
    expect(() => schematicAdherence(verdicts)).toThrow(message);
  });
});

describe('judgeDrift', () => {
  it('notices a judge that something else talks round', () => {
    const random = createRandom('biased');
    const baseline = judged(60, 0.2, random);
    // Half of the answers hold a phrase that the judge likes.
    const current = judged(60, 0.2, random).map((one, i) => ({ ...one, verdict: one.verdict + (i % 2) * 1.5 }));
    const drift = judgeDrift({ baseline, current, random });
    expect(drift.currentUnexplained).toBeGreaterThan(drift.baselineUnexplained);
    expect(drift.pValue).toBeLessThanOrEqual(0.01);
    expect(drift.drifted).toBe(true);
  });

  it('is never surer than its number of permutations allows', () => {
    const random = createRandom('noise only');
    const noise = judged(40, 0, random).map((one) => ({ ...one, verdict: random.normal() }));
    const { pValue, drifted } = judgeDrift({
      baseline: judged(40, 0, random),
      current: noise,
      permutations: 19,
      random,
    });
    expect(pValue).toBe(1 / 20);
    expect(drifted).toBe(false);
  });

  it('gives false alarms no oftener than it says', () => {
    const random = createRandom('unbiased');
    const trials = 150;
    const alarms = Array.from({ length: trials }, () => {
      const [baseline, current] = [judged(24, 0.5, random), judged(30, 0.5, random)];
      return judgeDrift({ baseline, current, falseAlarmRate: 0.1, permutations: 19, random }).drifted;
    }).filter(Boolean).length;
    expect(alarms / trials).toBeLessThan(0.1 + 4 * Math.sqrt(0.09 / trials));
    expect(alarms).toBeGreaterThan(0);
  });

  it('is the same for the same seed, and leaves out incomplete rows', () => {
    const random = createRandom('rows');
    const [baseline, current] = [judged(12, 0.2, random), judged(12, 0.2, random)];
    const incomplete = { criteria: [1, undefined, 2], verdict: 5 };
    const options = { permutations: 19, falseAlarmRate: 0.05 };
    const first = judgeDrift({ ...options, baseline, current, random: createRandom(1) });
    const second = judgeDrift({
      ...options,
      baseline: [incomplete, ...baseline],
      current: [...current, incomplete],
      random: createRandom(1),
    });
    expect(second).toEqual(first);
  });

  it('refuses what cannot be', () => {
    const random = createRandom(1);
    expect(() => judgeDrift({ baseline: six, current: six, falseAlarmRate: 5, random })).toThrow(
      /^falseAlarmRate must be/,
    );
    expect(() => judgeDrift({ baseline: six, current: six, permutations: 0, random })).toThrow(/^permutations must be/);
    expect(() => judgeDrift({ baseline: six, current: [], random })).toThrow(/^verdicts must hold/);
  });
});
