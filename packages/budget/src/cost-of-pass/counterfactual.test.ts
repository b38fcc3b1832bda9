import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterfactual } from './counterfactual.ts';
import { frontier } from './frontier.ts';
import { frontierCostOfPass } from './frontier-cost-of-pass.ts';
import { frontierProgress } from './frontier-progress.ts';
import type { PassRecord } from './pass-record.ts';
import { techniqueValue } from './technique-value.ts';

function four(taskId: string, costUsd: number, passes: number): readonly PassRecord[] {
  return Array.from({ length: 4 }, (_, i) => ({ taskId, costUsd, passed: i < passes }));
}

const small = [...four('p1', 0.01, 4), ...four('p2', 0.01, 1), ...four('p3', 0.01, 0)];
const large = [...four('p1', 0.1, 4), ...four('p2', 0.1, 4), ...four('p3', 0.2, 1)];
const options = { baselineUsd: 3.5, random: createRandom(1), resamples: 50 };

const record = fc.record({
  taskId: fc.constantFrom('a', 'b', 'c'),
  costNano: fc.bigInt(0n, 10n ** 9n),
  passed: fc.boolean(),
});
/** Every policy has a run of every problem. */
const policy = fc
  .array(record)
  .map((runs) => [...['a', 'b', 'c'].map((taskId) => ({ taskId, costNano: 10n ** 8n, passed: false })), ...runs]);

describe('counterfactual', () => {
  it('gives the worked essentialness, alone and normalised', () => {
    const report = counterfactual({ small, large }, options);
    expect(report.usd).toBeCloseTo(0.283333, 6);
    expect(report.normalised).toBeCloseTo(0.080952, 6);
    expect(report.groups['small']).toMatchObject({ withoutUsd: expect.closeTo(0.333333, 6) });
    expect(report.groups['small']?.essentialness).toBeCloseTo(0.15, 6);
    expect(report.groups['large']?.essentialness).toBeCloseTo(0.760563, 6);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('takes a group away together', () => {
    const report = counterfactual({ small, large }, { ...options, groups: { all: ['small', 'large'] } });
    expect(report.groups['all']?.withoutUsd).toBe(3.5);
    expect(report.groups['all']?.essentialness).toBeCloseTo(1 - 0.283333 / 3.5, 6);
  });

  it('needs all of what alone solves a problem, and nothing of a twin', () => {
    const alone = counterfactual({ small, large }, { random: createRandom(1), resamples: 20 });
    expect(alone.groups['large']).toMatchObject({ withoutUsd: null, essentialness: 1 });
    expect(alone.normalised).toBeUndefined();
    const twins = counterfactual({ small, again: small }, options);
    expect(twins.groups['small']).toMatchObject({ essentialness: 0, essentialnessCi95: [0, 0] });
  });

  it('lies in [0, 1], its interval too', () => {
    fc.assert(
      fc.property(policy, policy, policy, (a, b, c) => {
        const report = counterfactual({ a, b, c }, { baselineUsd: 1, random: createRandom(2), resamples: 20 });
        for (const { essentialness, essentialnessCi95 } of Object.values(report.groups)) {
          for (const value of [essentialness, ...essentialnessCi95]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
        }
      }),
      { seed: 4, numRuns: 50 },
    );
  });

  it('refuses groups of nobody and of strangers, and no runs', () => {
    expect(() => counterfactual({ small }, { ...options, groups: { none: [] } })).toThrow(/^groups\[none\] must name/);
    expect(() => counterfactual({ small }, { ...options, groups: { x: ['tiny'] } })).toThrow(
      /\(small\), received "tiny"/,
    );
    expect(() => counterfactual({}, options)).toThrow(/^policies must hold/);
  });
});

describe('frontier', () => {
  it('says who carries it, with an interval over problems', () => {
    const report = frontier({ small, large }, { ...options, resamples: 2000 });
    expect(report).toMatchObject({ problems: 3, usd: expect.closeTo(0.283333, 6), baselineShare: 0, unsolvedShare: 0 });
    expect(report.shares).toEqual({ small: 2 / 3, large: 1 / 3 });
    // The cheapest prices are .01, .04 and .8: three draws of .01 are well inside 5 %, three of .8 too.
    expect(report.usdCi95[0]).toBeCloseTo(0.01, 9);
    expect(report.usdCi95[1]).toBeCloseTo(0.8, 9);
  });

  it('counts what a person does and what nobody can', () => {
    expect(frontier({ small }, options)).toMatchObject({ shares: { small: 2 / 3 }, baselineShare: 1 / 3 });
    const alone = frontier({ small }, { random: createRandom(1), resamples: 20 });
    expect(alone).toMatchObject({ usd: null, unsolvedShare: 1 / 3 });
  });

  it('never rises with one more policy, and agrees with the plain number', () => {
    fc.assert(
      fc.property(policy, policy, (a, b) => {
        const one = frontierCostOfPass([a], { baselineUsd: 1 }) ?? Infinity;
        const both = frontierCostOfPass([a, b], { baselineUsd: 1 }) ?? Infinity;
        expect(both).toBeLessThanOrEqual(one);
        const report = frontier({ a, b }, { baselineUsd: 1, random: createRandom(3), resamples: 5 });
        expect(report.usd).toBeCloseTo(both, 12);
        const shares = Object.values(report.shares).reduce((total, share) => total + share, 0);
        expect(shares + report.baselineShare + report.unsolvedShare).toBeCloseTo(1, 12);
      }),
      { seed: 5, numRuns: 50 },
    );
  });
});

describe('frontierProgress', () => {
  it('gives the worked gains in the order of release', () => {
    const steps = frontierProgress(
      [
        { name: 'small', records: small },
        { name: 'large', records: large },
      ],
      { baselineUsd: 3.5 },
    );
    expect(steps.map(({ gain }) => gain)).toEqual([expect.closeTo(0.661905, 6), expect.closeTo(0.760563, 6)]);
    expect(steps.at(-1)).toMatchObject({
      name: 'large',
      usd: expect.closeTo(0.283333, 6),
      remaining: expect.closeTo(0.080952, 6),
    });
  });

  it('falls step by step', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 5 }), (policies) => {
        const steps = frontierProgress(
          policies.map((records, i) => ({ name: `m${i}`, records })),
          { baselineUsd: 1 },
        );
        let kept = 1;
        for (const { gain, remaining } of steps) {
          kept *= 1 - gain;
          expect(gain).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeCloseTo(kept, 9);
        }
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  it('refuses two releases of one name and a baseline of nothing', () => {
    const twice = [
      { name: 'small', records: small },
      { name: 'small', records: large },
    ];
    expect(() => frontierProgress(twice, { baselineUsd: 3.5 })).toThrow(/^releases must have different names/);
    expect(() => frontierProgress([], { baselineUsd: 0 })).toThrow(/^baselineUsd must be in \(0, ∞\)/);
  });
});

describe('techniqueValue', () => {
  it('is what the frontier falls by', () => {
    // A vote that solves the third problem at $0.2 takes .8 down to .2.
    const vote = [...four('p1', 0.3, 4), ...four('p2', 0.3, 4), ...four('p3', 0.2, 4)];
    const value = techniqueValue({ plain: [small, large], withTechnique: [vote], baselineUsd: 3.5 });
    expect(value).toBeCloseTo(0.6 / 0.85, 9);
    expect(techniqueValue({ plain: [small], withTechnique: [vote] })).toBeNull();
    expect(techniqueValue({ plain: [large], withTechnique: [large] })).toBe(0);
  });
});
