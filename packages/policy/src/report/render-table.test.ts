import { describe, expect, it } from 'vitest';
import { exampleReport } from './__fixtures__/example-report.ts';
import { renderTable } from './render-table.ts';
import type { RunReport, StrategyReport } from './run-report.ts';

const small: RunReport = {
  tasks: 10,
  models: [
    {
      name: 'tiny',
      provider: 'llama-cpp',
      modelId: 'tiny.gguf',
      attempts: 30,
      tokens: 1200,
      costUsd: 0.03,
    },
  ],
  strategies: [
    {
      name: 'single:tiny',
      accuracy: 0.4,
      accuracyCi95: [0.1, 0.7],
      costUsd: 0.01,
      costOfPassUsd: 0.0025,
      costOfPassCi95: [0.0014, null],
      costPerTaskUsd: 0.001,
      costPerTaskCi95: [0.0008, 0.0012],
      attempts: 10,
      tokens: 400,
      abstained: 0,
      answered: 10,
      spendByModel: { tiny: 0.01 },
    },
    {
      name: 'vote:tiny:2',
      accuracy: 0,
      accuracyCi95: [0, 0.3],
      costUsd: 0.02,
      costOfPassUsd: null,
      costOfPassCi95: null,
      costPerTaskUsd: 0.002,
      costPerTaskCi95: [0.0016, 0.0024],
      attempts: 20,
      tokens: 800,
      oracleVerifier: true,
      abstained: 3,
      answered: 7,
      spendByModel: { tiny: 0.02 },
    },
  ],
  ledger: { capUsd: 0.5, spentUsd: 0.03, heldUsd: 0, rows: 30 },
  notes: ['Replayed from a recording.'],
};

describe('renderTable', () => {
  it('prints strategies, models, money and notes', () => {
    expect(renderTable(small)).toBe(
      [
        '10 tasks, 2 strategies. Money in US dollars; brackets hold 95 % intervals.',
        '',
        '   strategy                       accuracy, %    cost per 1,000 tasks  cost-of-pass × 1,000   cost  attempts  tokens  no answer',
        '*  single:tiny                    40.0 [10, 70]  1.00 [0.80, 1.20]     2.50 [1.40, ∞]        0.010        10     400          0',
        '   vote:tiny:2 (oracle verifier)   0.0 [ 0, 30]  2.00 [1.60, 2.40]        –                  0.020        20     800          3',
        '',
        '   model   cost  attempts  tokens',
        '   tiny   0.030        30   1,200',
        '',
        'cap $0.50   spent $0.030   held $0.00   30 ledger rows',
        '* on the frontier: nothing else is as accurate for as little money',
        'oracle verifier: it saw the grading check while it ran, so it is a bound and not a choice',
        'note: Replayed from a recording.',
      ].join('\n'),
    );
  });

  it('keeps numbers in line, so that every row of the example is as long as its columns', () => {
    const lines = renderTable(exampleReport()).split('\n');
    const rows = lines.slice(
      lines.findIndex((line) => line.includes('strategy')),
      lines.indexOf('', 2),
    );
    const ends = new Set(rows.slice(1).map((line) => line.length));
    expect(rows).toHaveLength(12);
    expect(ends.size).toBe(1);
    expect(new Set(rows.slice(1).map((line) => line.indexOf('[')))).toHaveProperty('size', 1);
  });

  it('stays in the order that was asked for', () => {
    const printed = renderTable(exampleReport());
    const places = exampleReport().strategies.map(({ name }) => printed.indexOf(name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('shows a strategy that ran nothing, and a run without strategies', () => {
    const idle: StrategyReport = {
      ...(small.strategies[0] as StrategyReport),
      name: 'late',
      accuracy: Number.NaN,
      costPerTaskUsd: Number.NaN,
      costUsd: 0,
      answered: 0,
    };
    const printed = renderTable({ ...small, strategies: [...small.strategies, idle] });
    expect(printed).toMatch(/late +– +– +– +0\.000/);
    expect(printed).not.toContain('NaN');
    expect(renderTable({ ...small, strategies: [], models: [] })).toContain('10 tasks, 0 strategies');
  });
});
