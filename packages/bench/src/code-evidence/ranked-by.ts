import { meanLogprob } from '@tollgate/sdk';
import type { JudgedSample } from './judge-programs.ts';
import type { ProblemSamples } from './recorded-programs.ts';
import { yesNoScores } from './yes-no-scores.ts';

/** A problem with all that is known about its samples. */
export interface World extends ProblemSamples {
  readonly judged: readonly JudgedSample[];
  readonly correct: readonly boolean[];
}

/** What orders survivors: votes, or a score with the seconds that it took. */
export interface RankedBy {
  readonly name: string;
  readonly score?: (world: World, sample: number) => { readonly score: number | undefined; readonly seconds: number };
}

/** Most equal programs. */
export const vote: RankedBy = { name: 'vote' };

/** The writer's own mean log-probability of a token: free. */
export const likelihood: RankedBy = {
  name: 'likelihood',
  score: ({ candidates }, sample) => ({ score: meanLogprob(candidates[sample] ?? {}), seconds: 0 }),
};

/** A judge's recorded scores, where there are any for every problem. */
export function judgedBy(judge: string, worlds: readonly World[]): readonly RankedBy[] {
  const scores = yesNoScores(judge);
  if (!worlds.every(({ problem }) => scores.has(problem.task_id))) {
    console.log(`yes/no ${judge}: left out, its scores are not recorded for every problem (record-scores.ts)`);
    return [];
  }
  return [
    {
      name: `yes/no ${judge}`,
      score: ({ problem }, sample) => {
        const line = scores.get(problem.task_id);
        return { score: line?.scores[sample] ?? undefined, seconds: line?.seconds[sample] ?? 0 };
      },
    },
  ];
}
