import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRoute } from './choose-route.ts';
import { comparePolicies } from './compare-policies.ts';
import { costOfPass } from './cost-of-pass.ts';
import { costPerSuccess } from './cost-per-success.ts';
import { deltaInterval } from './delta-interval.ts';
import { displayedPassRate } from './displayed-pass-rate.ts';
import { expectedTaskCost } from './expected-task-cost.ts';
import { humanBaselinesUsd } from './human-baselines.ts';
import type { PassRecord } from './pass-record.ts';

/** Tasks of uneven cost; those with `passes` pass. */
function tasks(count: number, passes: (i: number) => boolean, scale = 1): readonly PassRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    taskId: `t${i}`,
    costUsd: (scale * (1 + (i % 7))) / 100,
    passed: passes(i),
  }));
}

describe('costPerSuccess', () => {
  it('is the total over the passes, in one decimal', () => {
    expect(costPerSuccess(tasks(7, (i) => i < 4))).toBeCloseTo(0.28 / 4, 12);
    expect(costPerSuccess([])).toBeNull();
    expect(costPerSuccess(tasks(3, () => false))).toBeNull();
  });
});

describe('deltaInterval', () => {
  it('agrees with the bootstrap over many tasks', () => {
    const records = tasks(400, (i) => i % 3 !== 0);
    const delta = deltaInterval(records);
    const bootstrap = costOfPass(records, { random: createRandom(1), resamples: 4000 });
    expect(delta.usd).toBeCloseTo(bootstrap.costOfPassUsd ?? 0, 12);
    expect(delta.lowerUsd).toBeCloseTo(bootstrap.costOfPassCi95[0] ?? 0, 3);
    expect(delta.upperUsd).toBeCloseTo(bootstrap.costOfPassCi95[1] ?? 0, 3);
  });

  it('is the formula of the two errors and their covariance', () => {
    const records = tasks(40, (i) => i % 2 === 0);
    const costs = records.map((_, i) => (1 + (i % 7)) / 100);
    const passes = records.map((_, i) => (i % 2 === 0 ? 1 : 0));
    const mean = (values: readonly number[]): number =>
      values.reduce((total, value) => total + value, 0) / values.length;
    const cov = (x: readonly number[], y: readonly number[]): number =>
      mean(x.map((value, i) => (value - mean(x)) * ((y[i] ?? 0) - mean(y)))) / (x.length - 1);
    const c = mean(costs);
    const r = mean(passes);
    const relative = Math.sqrt(
      cov(costs, costs) / c ** 2 + cov(passes, passes) / r ** 2 - (2 * cov(costs, passes)) / (c * r),
    );
    expect(deltaInterval(records).standardErrorUsd).toBeCloseTo((c / r) * relative, 10);
  });

  it('scales with the price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), (factor) => {
        const once = deltaInterval(tasks(30, (i) => i % 4 > 0));
        const dear = deltaInterval(tasks(30, (i) => i % 4 > 0, factor));
        expect(dear.standardErrorUsd).toBeCloseTo(once.standardErrorUsd * factor, 6);
      }),
      { seed: 1 },
    );
  });

  it('refuses one task, and no pass', () => {
    expect(() => deltaInterval(tasks(1, () => true))).toThrow(/^records must hold at least two tasks and one pass/);
    expect(() => deltaInterval(tasks(5, () => false))).toThrow(/received 5 and 0/);
  });
});

describe('comparePolicies', () => {
  const options = { random: createRandom(5), resamples: 400 };

  it('sees a small difference that intervals side by side hide', () => {
    const dear = tasks(60, (i) => i % 2 === 0, 1.05);
    const cheap = tasks(60, (i) => i % 2 === 0);
    const { costPerRunUsd, accuracy, tasks: count } = comparePolicies(dear, cheap, options);
    expect(count).toBe(60);
    expect(costPerRunUsd.ci95[0]).toBeGreaterThan(0);
    expect(accuracy).toEqual({ difference: 0, ci95: [0, 0] });
    const apart = [dear, cheap].map((records) => costOfPass(records, options).costUsdCi95);
    expect(apart[0]?.[0]).toBeLessThan(apart[1]?.[1] ?? 0);
  });

  it('changes sign with the sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (x, y) => {
        const one = tasks(20, (i) => i % x === 0);
        const other = tasks(20, (i) => i % y === 0);
        const forth = comparePolicies(one, other, options).costPerSuccessUsd;
        const back = comparePolicies(other, one, options).costPerSuccessUsd;
        expect(forth.difference).toBeCloseTo(-(back.difference ?? 0), 12);
      }),
      { seed: 2, numRuns: 30 },
    );
  });

  it('is null where a side never passes, and refuses different tasks', () => {
    const none = tasks(10, () => false);
    expect(
      comparePolicies(
        none,
        tasks(10, () => true),
        options,
      ).costPerSuccessUsd.difference,
    ).toBeNull();
    expect(() =>
      comparePolicies(
        none,
        tasks(9, () => true),
        options,
      ),
    ).toThrow(/^second must cover the same tasks/);
    expect(() => comparePolicies([], [], options)).toThrow(/^first must hold/);
  });
});

describe('displayedPassRate', () => {
  it('never claims all or nothing, and says that it is smoothed', () => {
    expect(displayedPassRate(0, 4)).toEqual({ rate: 0.1, passes: 0, runs: 4, smoothed: true });
    expect(displayedPassRate(4, 4).rate).toBe(0.9);
    expect(displayedPassRate(0, 0).rate).toBe(0.5);
    expect(() => displayedPassRate(5, 4)).toThrow(/^passes must be a whole number in \[0, 4\]/);
    expect(() => displayedPassRate(0, -1)).toThrow(/^runs must be/);
  });
});

describe('expectedTaskCost', () => {
  it('prices failures and false accepts', () => {
    const task = { costUsd: 0.002, passRate: 0.9, falseAcceptRate: 0.04 };
    expect(expectedTaskCost(task, { fallbackUsd: 0.5, harmUsd: 2 })).toBeCloseTo(0.002 + 0.05 + 0.08, 12);
  });

  it('beats the fallback exactly when cost-of-pass is below it, without harm', () => {
    const cents = fc.integer({ min: 1, max: 1000 }).map((n) => n / 100);
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 99 }), (costUsd, fallbackUsd, percent) => {
        const passRate = percent / 100;
        const gap = costUsd / passRate - fallbackUsd;
        fc.pre(Math.abs(gap) > 1e-9);
        expect(expectedTaskCost({ costUsd, passRate }, { fallbackUsd }) < fallbackUsd).toBe(gap < 0);
      }),
      { seed: 3 },
    );
  });

  it('refuses rates that cannot be', () => {
    const prices = { fallbackUsd: 1 };
    expect(() => expectedTaskCost({ costUsd: 1, passRate: 1.1 }, prices)).toThrow(/^passRate must be in \[0, 1\]/);
    expect(() => expectedTaskCost({ costUsd: 1, passRate: 0.9, falseAcceptRate: 0.2 }, prices)).toThrow(
      /^falseAcceptRate must/,
    );
    expect(() => expectedTaskCost({ costUsd: -1, passRate: 1 }, prices)).toThrow(/^costUsd must be/);
  });
});

describe('chooseRoute', () => {
  const cheap = { name: 'cheap', costUsd: 0.001, passRate: 0.1, falseAcceptRate: 0.85, seconds: 1 };
  const good = { name: 'good', costUsd: 0.02, passRate: 0.95, seconds: 8 };

  it('does not fall for what is cheap and mostly wrong', () => {
    // The cheap one has the better cost-of-pass: .01 against .021.
    expect(chooseRoute([cheap, good], { fallbackUsd: 0.5, harmUsd: 1 })).toMatchObject({ policy: 'good' });
  });

  it('keeps deadlines and floors, and falls back', () => {
    expect(chooseRoute([cheap, good], { fallbackUsd: 0.5, deadlineSeconds: 5 }).policy).toBe('cheap');
    expect(chooseRoute([cheap, good], { fallbackUsd: 0.5, minimumPassRate: 0.9 }).policy).toBe('good');
    expect(chooseRoute([cheap, good], { fallbackUsd: 0.5, minimumPassRate: 0.99 })).toEqual({
      expectedUsd: 0.5,
      reason: 'no policy passes 0.99 of the tasks in time',
    });
    expect(chooseRoute([good], { fallbackUsd: 0.01 })).toEqual({
      expectedUsd: 0.01,
      reason: 'the fallback alone is cheaper',
    });
    expect(chooseRoute([], { fallbackUsd: 1 })).toEqual({ expectedUsd: 1, reason: 'no policy is in time' });
  });

  it('gives ties to the first', () => {
    expect(chooseRoute([{ ...good, name: 'twin' }, good], { fallbackUsd: 0.5 }).policy).toBe('twin');
  });

  it('refuses a deadline that an option does not say anything about', () => {
    const silent = { name: 'silent', costUsd: 0.1, passRate: 1 };
    expect(() => chooseRoute([silent], { fallbackUsd: 1, deadlineSeconds: 1 })).toThrow(/^seconds of "silent" must/);
  });
});

describe('humanBaselinesUsd', () => {
  it('has the six sets of the paper', () => {
    expect(humanBaselinesUsd).toEqual({
      'two-digit-addition': 0.02,
      gsm8k: 3.5,
      bbq: 0.1,
      'gpqa-diamond': 58,
      math500: 12,
      'aime-2024': 20,
    });
  });
});
