import type { ReplayGround } from './evaluate-policy.ts';

/** What could have been had by knowing beforehand which model is right: a bound, not a policy. */
export interface OracleFigures {
  /** Share of tasks that some model's first sample answers rightly. */
  readonly accuracy: number;
  /** US dollars a task, asking the cheapest model that is right; the cheapest of all where none is. */
  readonly usdPerTask: number;
}

/** The oracle over one sample of each model. */
export function oracleFigures({ table, tasks }: ReplayGround): OracleFigures {
  let passed = 0;
  let nano = 0;
  for (const { id } of tasks) {
    const samples = table.models.flatMap((model) => {
      const { first, count } = table.rowsOf(id, model);
      return count === 0 ? [] : [{ nano: table.costNanoUsd(first), correct: table.gold.correct(first) }];
    });
    const right = samples.filter(({ correct }) => correct);
    if (right.length > 0) passed += 1;
    nano += Math.min(...(right.length > 0 ? right : samples).map((sample) => sample.nano));
  }
  return { accuracy: passed / tasks.length, usdPerTask: nano / 1e9 / tasks.length };
}
