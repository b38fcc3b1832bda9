import { describe, expect, it } from 'vitest';
import { exampleReport } from './__fixtures__/example-report.ts';
import { frontierOf } from './frontier.ts';
import type { StrategyReport } from './run-report.ts';

const [first] = exampleReport().strategies;
const strategy = (change: Partial<StrategyReport>): StrategyReport => ({ ...(first as StrategyReport), ...change });
const at = (name: string, [accuracy, costPerTaskUsd]: readonly [number, number]): StrategyReport =>
  strategy({ name, accuracy, costPerTaskUsd });
const names = (strategies: readonly StrategyReport[]): string[] => frontierOf(strategies).map(({ name }) => name);

describe('frontierOf', () => {
  it('keeps what nothing beats, cheapest first', () => {
    expect(names([at('big', [0.9, 3]), at('middle', [0.6, 2]), at('small', [0.7, 1])])).toEqual(['small', 'big']);
  });

  it('keeps equals', () => {
    expect(names([at('a', [0.5, 1]), at('b', [0.5, 1])])).toEqual(['a', 'b']);
  });

  it('leaves out oracles, and what ran nothing', () => {
    const oracle = strategy({ accuracy: 1, oracleVerifier: true });
    const idle = strategy({ accuracy: Number.NaN, costPerTaskUsd: Number.NaN, answered: 0, abstained: 0 });
    expect(names([oracle, idle, at('big', [0.9, 3])])).toEqual(['big']);
    expect(names([])).toEqual([]);
  });
});
