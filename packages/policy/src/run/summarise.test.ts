import type { LedgerRow } from '@tollgate/budget';
import { describe, expect, it } from 'vitest';
import type { ResultLine } from './result-line.ts';
import { summarise, type SummariseOptions } from './summarise.ts';

const money = (nano: number): { readonly usd: number; readonly nanoUsd: string } => ({
  usd: nano / 1e9,
  nanoUsd: String(nano),
});

let attempts = 0;
function row(at: string, model: string, change: Partial<LedgerRow> = {}): LedgerRow {
  const [strategy = '', task = ''] = at.split('/');
  attempts += 1;
  return {
    attemptId: `attempt-${attempts}`,
    kind: 'call',
    atMs: 0,
    scopes: [
      { kind: 'run', id: 'r' },
      { kind: 'strategy', id: strategy },
      { kind: 'task', id: task },
      { kind: 'model', id: model },
    ],
    model: { provider: 'test', modelId: `${model}-1` },
    status: 'settled',
    hold: money(3_000_000),
    cost: money(2_000_000),
    priceKnown: 'override',
    usage: { inputUncached: 100, cacheRead: 20, cacheWrite: { total: 10 }, outputText: 30, outputReasoning: 40 },
    usageKnown: 'exact',
    candidateIds: [],
    ...change,
  };
}

function line(strategy: string, task: string, change: Partial<ResultLine> = {}): ResultLine {
  return {
    kind: 'result',
    strategy,
    task,
    taskHash: 'h',
    status: 'accepted',
    passed: true,
    answer: '1',
    text: '1',
    reason: '',
    costUsd: 0.002,
    attempts: 1,
    outputTokens: 70,
    wallMs: 1500,
    ...change,
  };
}

function report(change: Partial<SummariseOptions>): ReturnType<typeof summarise> {
  const rows = change.rows ?? [];
  return summarise({
    tasks: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
    strategies: [{ name: 's', models: ['small'], oracle: false }],
    pool: {
      names: ['small', 'big'],
      known: () => [{ name: 'small', provider: 'test', modelId: 'small-1', price: { kind: 'per-token' } }],
    },
    lines: [],
    totals: {
      settled: money(rows.reduce((sum, { cost }) => sum + Number(cost?.nanoUsd ?? 0), 0)),
      held: money(0),
      overrun: money(0),
      rows: rows.length,
    },
    budgetUsd: 1,
    wallSeconds: new Map([['s', 4.5]]),
    ...change,
    rows,
  });
}

describe('summarise', () => {
  it('takes money and tokens from the ledger, and outcomes from the lines', () => {
    const { strategies, models, ledger, notes } = report({
      lines: [
        line('s', 'a'),
        line('s', 'b', { passed: false }),
        line('s', 'c', { passed: false, status: 'abstained', answer: undefined, text: undefined } as never),
      ],
      rows: [
        row('s/a', 'small'),
        row('s/b', 'small'),
        row('s/b', 'big', { cost: money(8_000_000) }),
        row('s/c', 'small'),
      ],
    });
    expect(strategies).toMatchObject([
      {
        name: 's',
        accuracy: 1 / 3,
        costUsd: 0.014,
        costOfPassUsd: 0.014,
        attempts: 4,
        tokens: 800,
        wallSeconds: 4.5,
        answered: 2,
        abstained: 1,
        spendByModel: { small: 0.006, big: 0.008 },
      },
    ]);
    expect(strategies[0]?.costPerTaskUsd).toBeCloseTo(0.014 / 3, 12);
    expect(models).toEqual([
      {
        name: 'small',
        provider: 'test',
        modelId: 'small-1',
        price: { kind: 'per-token' },
        attempts: 3,
        tokens: 600,
        costUsd: 0.006,
      },
      { name: 'big', provider: 'test', modelId: 'big-1', attempts: 1, tokens: 200, costUsd: 0.008 },
    ]);
    expect(ledger).toEqual({ capUsd: 1, spentUsd: 0.014, heldUsd: 0, rows: 4 });
    expect(notes).toEqual([]);
  });

  it('takes the last word on a task, with all that was paid for it', () => {
    const { strategies } = report({
      lines: [
        line('s', 'a', { status: 'failed', passed: false }),
        line('s', 'b', { status: 'aborted', passed: false }),
        line('s', 'a'),
        line('s', 'b'),
      ],
      rows: [row('s/a', 'small'), row('s/a', 'small'), row('s/b', 'small'), row('s/b', 'small')],
    });
    expect(strategies[0]).toMatchObject({ accuracy: 1, answered: 2, costUsd: 0.008, costPerTaskUsd: 0.004 });
  });

  it('keeps the money of tasks without a result out of the figures per task, and says what was never settled', () => {
    const { strategies, notes } = report({
      lines: [line('s', 'a')],
      rows: [
        row('s/a', 'small'),
        row('s/b', 'small'),
        { ...row('s/c', 'small', { status: 'expired' }), cost: undefined } as never,
      ],
    });
    expect(strategies[0]).toMatchObject({ accuracy: 1, costUsd: 0.004, costPerTaskUsd: 0.002, attempts: 3 });
    expect(notes).toEqual([
      's ran 1 of 3 tasks.',
      '1 attempts were never settled (a crash, or still in flight): they count as held at their upper bound.',
    ]);
  });

  it('names the assumption that every overrun broke, five at most one by one', () => {
    const overrun = { amount: money(500), assumption: 'the engine honours its output cap' };
    const { notes } = report({
      lines: ['a', 'b', 'c'].map((task) => line('s', task)),
      rows: Array.from({ length: 7 }, () => row('s/a', 'small', { overrun })),
    });
    expect(notes).toHaveLength(6);
    expect(notes[0]).toMatch(
      /^Attempt attempt-\d+ cost \$0\.0000005 more than its hold: the engine honours its output cap\.$/,
    );
    expect(notes[5]).toBe('2 more attempts cost more than their hold.');
  });

  it('has a line for a strategy that nothing is known of', () => {
    const { strategies, models } = report({ strategies: [{ name: 's', models: ['big'], oracle: true }] });
    expect(strategies).toMatchObject([
      { name: 's', oracleVerifier: true, accuracy: 0, costUsd: 0, attempts: 0, answered: 0, costOfPassCi95: null },
    ]);
    expect(models).toEqual([]);
  });

  it('calls a model that no pool names by its id', () => {
    const judge = row('s/a', 'judge');
    const { strategies, models } = report({
      lines: [line('s', 'a')],
      rows: [{ ...judge, scopes: judge.scopes.filter(({ kind }) => kind !== 'model') }],
    });
    expect(strategies[0]?.spendByModel).toEqual({ 'judge-1': 0.002 });
    expect(models.map(({ name }) => name)).toEqual(['small', 'judge-1']);
  });
});
