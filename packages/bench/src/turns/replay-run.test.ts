import { dynamicTurns, fixedTurns, unlimitedTurns } from '@tollgate/budget';
import { describe, expect, it } from 'vitest';
import { checkCostModel } from './check-cost-model.ts';
import { comparePolicies } from './compare-policies.ts';
import type { RecordedRun } from './recorded-run.ts';
import { replayRun } from './replay-run.ts';

const run: RecordedRun = {
  task: 'a',
  model: 'm',
  finished: true,
  solved: true,
  turns: [1, 2, 3, 4].map((costUsd, i) => ({ costUsd, edited: i === 1 })),
};

describe('a recorded run', () => {
  it('costs what it cost where nothing stops it', () => {
    const whole = { costUsd: 10, solved: true, turns: 4, stopped: false, extended: false };
    expect(replayRun(unlimitedTurns(), run)).toEqual(whole);
    expect(replayRun(fixedTurns({ turns: 4 }), run)).toEqual(whole);
  });

  it('that is stopped is not solved, and pays a closing turn at the price of its last', () => {
    expect(replayRun(fixedTurns({ turns: 2 }), run)).toEqual({
      costUsd: 1 + 2 + 2,
      solved: false,
      turns: 2,
      stopped: true,
      extended: false,
    });
  });

  it('is extended by what its turns came to', () => {
    const on = (extend: 'progress' | 'no-artifact') =>
      replayRun(dynamicTurns({ initial: 2, extension: 2, extend }), run);
    expect(on('progress')).toMatchObject({ extended: true, solved: true });
    expect(on('no-artifact')).toMatchObject({ extended: false, stopped: true });
  });
});

describe('a comparison', () => {
  it('replays every run once under every policy, with limits from other runs', () => {
    const runs = Array.from({ length: 60 }, (_, i) => ({
      ...run,
      task: String(i),
      turns: Array.from({ length: 1 + (i % 10) }, () => ({ costUsd: 1 })),
    }));
    const results = comparePolicies(runs);
    expect(results.map(({ name }) => name)).toEqual([
      'unlimited',
      'fixed P25',
      'fixed P50',
      'fixed P75',
      'dynamic, always-once',
      'dynamic, oracle',
    ]);
    for (const { runs: replayed } of results) expect(replayed.length).toBe(60);
    expect(results[0]).toMatchObject({
      usdPerRun: { estimate: 5.5 },
      solved: { estimate: 1 },
      usdSaved: { estimate: 0 },
    });
    const [, ...solved] = results.slice(0, 4).map((result) => result.solved.estimate);
    expect(solved).toEqual(solved.toSorted((a, b) => a - b));
    expect(solved[0]).toBeLessThan(0.5);
  });
});

it('the quadratic model is exact where every turn adds as much', () => {
  const even = { ...run, turns: Array.from({ length: 9 }, (_, i) => ({ costUsd: 1, promptTokens: 5000 + 1500 * i })) };
  for (const { median, runs } of checkCostModel([even, run])) expect([runs, median]).toEqual([1, 1]);
});
