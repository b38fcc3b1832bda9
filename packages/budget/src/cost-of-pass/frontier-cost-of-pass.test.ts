import { createRandom } from '@tollgate/stats';
import { describe, expect, it } from 'vitest';
import { costOfPass } from './cost-of-pass.ts';
import { frontierCostOfPass } from './frontier-cost-of-pass.ts';
import type { PassRecord } from './pass-record.ts';

/** Four runs of one problem at a mean cost. */
function four(taskId: string, costUsd: number, passes: number): readonly PassRecord[] {
  return Array.from({ length: 4 }, (_, i) => ({ taskId, costUsd, passed: i < passes }));
}

const small = [...four('p1', 0.01, 4), ...four('p2', 0.01, 1), ...four('p3', 0.01, 0)];
const large = [...four('p1', 0.1, 4), ...four('p2', 0.1, 4), ...four('p3', 0.2, 1)];
const person = { baselineUsd: 3.5 };

describe('frontierCostOfPass', () => {
  it.each([
    ['nobody', [], 3.5],
    ['the small model', [small], 1.183333],
    ['the large model', [large], 0.333333],
    ['both', [small, large], 0.283333],
  ])('of %s beside a person', (_, policies, expected) => {
    expect(frontierCostOfPass(policies, person)).toBeCloseTo(expected, 6);
  });

  it('gives the essentialness of each model', () => {
    const [none, a, b, both] = [[], [small], [large], [small, large]].map(
      (policies) => frontierCostOfPass(policies, person) ?? 0,
    );
    expect(((b ?? 0) - (both ?? 0)) / (b ?? 1)).toBeCloseTo(0.15, 6);
    expect(((a ?? 0) - (both ?? 0)) / (a ?? 1)).toBeCloseTo(0.760563, 6);
    expect(((none ?? 0) - (a ?? 0)) / (none ?? 1)).toBeCloseTo(0.661905, 6);
  });

  it('is infinite, written null, where a problem has no way out', () => {
    expect(frontierCostOfPass([small])).toBeNull();
    expect(frontierCostOfPass([])).toBeNull();
    expect(frontierCostOfPass([small, large])).toBeCloseTo((0.01 + 0.04 + 0.8) / 3, 12);
    expect(frontierCostOfPass([small, large], { baselineUsd: 0.04 })).toBeCloseTo((0.01 + 0.04 + 0.04) / 3, 12);
  });

  it('is another number than the ratio of total cost to passes', () => {
    const aggregate = costOfPass(large, { random: createRandom(1) }).costOfPassUsd;
    expect(aggregate).toBeCloseTo(1.6 / 9, 12);
    expect(frontierCostOfPass([large], person)).not.toBeCloseTo(aggregate ?? 0, 2);
  });

  it('refuses policies over different problems, and a baseline that is none', () => {
    expect(() => frontierCostOfPass([small, large.slice(4)], person)).toThrow(
      /policies\[1\] must cover the same problems/,
    );
    expect(() => frontierCostOfPass([small], { baselineUsd: -1 })).toThrow(/^baselineUsd must be/);
  });
});
