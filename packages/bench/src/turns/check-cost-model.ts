import { quantile } from '@tollgate/stats';
import type { RecordedRun } from './recorded-run.ts';

/** Predicted over measured prompt tokens of whole runs. */
export interface CostModelCheck {
  readonly name: string;
  readonly runs: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The quadratic model `n·S + d·n(n − 1)/2` against what was measured: with S and d of the run itself, and with those of its first
 * five turns, which is what is known while it runs. Runs of eight turns and more, whose prompts were recorded.
 */
export function checkCostModel(runs: readonly RecordedRun[]): readonly CostModelCheck[] {
  const prompts = runs
    .map(({ turns }) => turns.flatMap(({ promptTokens }) => (promptTokens === undefined ? [] : [promptTokens])))
    .filter(({ length }) => length >= 8);
  const ratios = (first: number): readonly number[] =>
    prompts.map((tokens) => {
      const known = tokens.slice(0, first);
      const [start = 0, end = 0] = [known[0], known.at(-1)];
      const d = (end - start) / (known.length - 1);
      const n = tokens.length;
      return (n * start + (d * n * (n - 1)) / 2) / tokens.reduce((sum, one) => sum + one, 0);
    });
  return [['its own S and d', ratios(Infinity)] as const, ['S and d of its first 5 turns', ratios(5)] as const].map(
    ([name, list]) => ({
      name,
      runs: list.length,
      median: quantile(list, 0.5),
      low: quantile(list, 0.1),
      high: quantile(list, 0.9),
    }),
  );
}
