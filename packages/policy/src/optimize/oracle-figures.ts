import { createRandom } from '@tollgate/stats';
import { Deck } from '../run/deck.ts';
import type { ReplayGround } from './evaluate-policy.ts';

/** What could have been had by knowing beforehand whose one answer is right: a bound for asking one model once. */
export interface OracleFigures {
  /** Share of tasks that some model's one sample answers rightly. */
  readonly accuracy: number;
  /** US dollars a task, asking the cheapest model that is right; the cheapest of all where none is. */
  readonly usdPerTask: number;
}

/** The oracle over one sample of each model, in the same orders of the samples in which policies are replayed. */
export function oracleFigures({ table, tasks, orders, seed }: ReplayGround, models: readonly string[]): OracleFigures {
  let passed = 0;
  let nano = 0;
  for (let order = 0; order < orders; order += 1) {
    const random = order === 0 ? undefined : createRandom(`${seed}/${order}`);
    for (const { id } of tasks) {
      const samples = models
        .flatMap((model) => new Deck(table.rowsOf(id, model), random?.fork(`${id}/${model}`)).next(1))
        .map((row) => ({ nano: table.costNanoUsd(row), correct: table.gold.correct(row) }));
      const right = samples.filter(({ correct }) => correct);
      if (right.length > 0) passed += 1;
      nano += Math.min(...(right.length > 0 ? right : samples).map((sample) => sample.nano));
    }
  }
  const runs = tasks.length * orders;
  return { accuracy: passed / runs, usdPerTask: nano / 1e9 / runs };
}
