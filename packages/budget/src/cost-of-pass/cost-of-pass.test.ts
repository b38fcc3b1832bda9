import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfPass } from './cost-of-pass.ts';
import type { PassRecord } from './pass-record.ts';

function runs(count: number, passes: number, totalUsd: number): readonly PassRecord[] {
  return Array.from({ length: count }, (_, i) => ({ taskId: `t${i}`, costUsd: totalUsd / count, passed: i < passes }));
}

describe('costOfPass', () => {
  // Gao and Peng 2025 (arXiv 2510.16786), unrestricted runs of 100 tasks: dollars per solution.
  it.each([
    ['Claude 4 Sonnet', 75, 585.21, 7.8028],
    ['Gemini 2.5 Pro', 63, 407.66, 6.4708],
    ['GPT-4.1', 62, 322.02, 5.1939],
  ])('gives the published figure of %s', (...[, passes, totalUsd, expected]) => {
    const report = costOfPass(runs(100, passes, totalUsd), { random: createRandom(1) });
    expect(report.costOfPassUsd).toBeCloseTo(expected, 4);
    expect(report.costUsd).toBeCloseTo(totalUsd, 6);
    expect(report.accuracy).toBe(passes / 100);
    expect(report).toMatchObject({ tasks: 100, runs: 100 });
  });

  it('has intervals around what it reports', () => {
    const { accuracyCi95, costUsdCi95, costOfPassCi95 } = costOfPass(runs(100, 75, 585.21), {
      random: createRandom(1),
    });
    // Binomial: 0.75 ± 1.96 × 0.0433
    expect(accuracyCi95[0]).toBeCloseTo(0.665, 1);
    expect(accuracyCi95[1]).toBeCloseTo(0.835, 1);
    // Every task costs the same here.
    expect(costUsdCi95[0]).toBeCloseTo(585.21, 4);
    expect(costUsdCi95[1]).toBeCloseTo(585.21, 4);
    expect(costOfPassCi95[0]).toBeCloseTo(5.8521 / accuracyCi95[1], 0);
    expect(costOfPassCi95[1]).toBeCloseTo(5.8521 / accuracyCi95[0], 0);
  });

  it('is infinite, written null, where nothing passed', () => {
    const report = costOfPass(runs(5, 0, 1), { random: createRandom(1) });
    expect(report).toMatchObject({ accuracy: 0, costUsd: 1, costOfPassUsd: null, costOfPassCi95: [null, null] });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('has no upper end where a resample without a pass is likely', () => {
    const { costOfPassUsd, costOfPassCi95 } = costOfPass(runs(6, 1, 1.2), { random: createRandom(1) });
    expect(costOfPassUsd).toBeCloseTo(1.2, 12);
    expect(costOfPassCi95[0]).not.toBeNull();
    expect(costOfPassCi95[1]).toBeNull();
  });

  it('draws the runs of one task together', () => {
    const twice = runs(40, 20, 4).flatMap((record) => [record, record]);
    const once = costOfPass(runs(40, 20, 4), { random: createRandom(1) });
    const both = costOfPass(twice, { random: createRandom(1) });
    expect(both).toMatchObject({ tasks: 40, runs: 80, accuracy: 0.5, accuracyCi95: once.accuracyCi95 });
    expect(both.costUsd).toBeCloseTo(2 * once.costUsd, 9);
  });

  it('gives the same intervals for the same source, whatever was drawn from it', () => {
    const random = createRandom(3);
    const uneven = runs(30, 12, 2).map((record, i) => ({ ...record, costUsd: i / 100 }));
    const first = costOfPass(uneven, { random });
    random.next();
    expect(costOfPass(uneven, { random })).toEqual(first);
  });

  const record = fc.record({
    taskId: fc.constantFrom('a', 'b', 'c', 'd'),
    costNano: fc.bigInt(0n, 10n ** 10n),
    passed: fc.boolean(),
  });

  it('scales with the price and with nothing else', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), fc.integer({ min: 2, max: 50 }), (records, factor) => {
        const dearer = records.map((one) => ({ ...one, costNano: one.costNano * BigInt(factor) }));
        const before = costOfPass(records, { random: createRandom(1), resamples: 20 });
        const after = costOfPass(dearer, { random: createRandom(1), resamples: 20 });
        expect(after.accuracy).toBe(before.accuracy);
        expect(after.costUsd).toBeCloseTo(before.costUsd * factor, 6);
        if (before.costOfPassUsd === null) expect(after.costOfPassUsd).toBeNull();
        else expect(after.costOfPassUsd).toBeCloseTo(before.costOfPassUsd * factor, 6);
      }),
      { seed: 9 },
    );
  });

  it('refuses no records and negative costs', () => {
    expect(() => costOfPass([], { random: createRandom(1) })).toThrow(/^records must hold at least one run/);
    const negative = [{ taskId: 'a', costNano: -1n, passed: true }];
    expect(() => costOfPass(negative, { random: createRandom(1) })).toThrow(/costNano must be at least 0/);
    const unknown = [{ taskId: 'a', costUsd: Number.NaN, passed: true }];
    expect(() => costOfPass(unknown, { random: createRandom(1) })).toThrow(/^costUsd must be an amount/);
  });
});
