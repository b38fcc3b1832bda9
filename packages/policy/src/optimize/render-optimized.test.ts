import { describe, expect, it } from 'vitest';
import { noisyTable } from './__fixtures__/outcome-tables.ts';
import { optimizePolicy } from './optimize-policy.ts';
import { optimizedReport } from './optimized-report.ts';
import { renderOptimized } from './render-optimized.ts';

const optimized = optimizePolicy({
  table: noisyTable({ models: ['small', 'big'], samples: 4 }),
  objective: { accuracy: 0.7 },
});
const [first] = optimized.frontier;
if (first === undefined) throw new Error('There is no frontier.');
/** A frontier of 100 policies that differ in a threshold; the one at 37 is the chosen one. */
const frontier = Array.from({ length: 100 }, (_, i) => ({
  ...first,
  name: `policy ${i}`,
  expression: i === 37 ? optimized.chosen.expression : ({ kind: 'vote', model: 'small', samples: i + 1 } as const),
}));

describe('renderOptimized', () => {
  it('thins a long frontier evenly, and keeps both ends and the chosen one', () => {
    const text = renderOptimized({ ...optimized, frontier });
    const lines = text.split('\n').filter((line) => /^[* ] +policy \d/.test(line));
    expect(lines).toHaveLength(16);
    expect(lines.filter((line) => line.startsWith('*'))).toEqual([expect.stringContaining('policy 37 ')]);
    expect([lines[0], lines.at(-1)]).toEqual([
      expect.stringContaining('policy 0 '),
      expect.stringContaining('policy 99 '),
    ]);
    expect(text).toContain('on the held-out tasks (84 more with --json):');
  });

  it('shows a short one whole', () => {
    const text = renderOptimized({ ...optimized, frontier: frontier.slice(30, 45) });
    expect(text.split('\n').filter((line) => /^[* ] +policy \d/.test(line))).toHaveLength(15);
    expect(text).not.toContain('more with --json');
  });

  it('leads with the policy, what it is worth, and on what it was measured', () => {
    const text = renderOptimized(optimized);
    expect(text).toContain(`policy    ${optimized.chosen.name}\naccuracy  `);
    expect(text).toMatch(
      /held out {2}20 tasks that nothing was chosen on; \d+ policies were searched on 20 others, 4 orders/,
    );
    for (const { role } of optimized.baselines) expect(text).toContain(role);
    for (const note of optimized.notes) expect(text).toContain(`note: ${note}`);
    expect(text).not.toMatch(/NaN|undefined|Infinity|e-\d/);
  });

  it('says that nothing was spent as free, not as a share of nothing', () => {
    const baselines = optimized.baselines.map((one) => ({ ...one, usdPerTask: 0 }));
    expect(renderOptimized({ ...optimized, baselines })).toMatch(/\$0 +free/);
  });
});

describe('optimizedReport', () => {
  it('is a report of the held-out tasks, each policy once, the chosen one marked', () => {
    const report = optimizedReport(optimized, 'logs.jsonl');
    const names = report.strategies.map(({ name }) => name);
    expect(names[0]).toBe(`${optimized.chosen.name} (chosen)`);
    expect(new Set(names).size).toBe(names.length);
    expect(report.tasks).toBe(20);
    expect(report.strategies[0]?.costUsd).toBeCloseTo(20 * optimized.heldOut.usdPerTask, 9);
    expect(report.ledger.spentUsd).toBeCloseTo(
      report.strategies.reduce((sum, { costUsd }) => sum + costUsd, 0),
      9,
    );
    expect(report.notes.join('\n')).toContain('Against the strongest model, big: accuracy ');
  });
});
