import type { ReplayVerdicts } from '@tollgate/sdk';
import { mean, sum } from '@tollgate/stats';
import type { Filter } from './judge-programs.ts';
import { usdPerSecond } from './machine.ts';
import type { RankedBy, World } from './ranked-by.ts';
import { replayPipeline } from './replay-pipeline.ts';
import { subsets } from './subsets.ts';

/** How a pipeline did on one problem. */
export interface Outcome {
  /** By k, how often its choice is right over every choice of k samples. */
  readonly bestOf: ReadonlyMap<number, number>;
  /** Seconds of filters and ranking, with all samples. */
  readonly seconds: number;
  /** US dollars of writing all samples, filtering and ranking them. */
  readonly usd: number;
}

/** Replays a pipeline of one filter and a ranker on every choice of samples of a problem. */
export function outcomeOf(
  world: World,
  {
    filter,
    ranker,
    sizes,
  }: { readonly filter: Filter | undefined; readonly ranker: RankedBy; readonly sizes: readonly number[] },
): Outcome {
  const { candidates, correct, promptSeconds } = world;
  const run = (drawn: readonly number[]): ReturnType<typeof replayPipeline> =>
    pipelineOn(world, { filter, ranker, drawn });
  const bestOf = new Map(
    sizes.map((k) => {
      const solved = subsets(candidates.length, k).map((drawn) =>
        correct[Number(run(drawn).chosen)] === true ? 1 : 0,
      );
      return [k, mean(solved)];
    }),
  );
  const { state } = run(candidates.map((_, i) => i));
  const seconds = sum((state?.tallies ?? []).map((tally) => tally.seconds));
  const written = promptSeconds + sum(candidates.map(({ engineSeconds = 0 }) => engineSeconds));
  return { bestOf, seconds, usd: (written + seconds) * usdPerSecond };
}

/** The pipeline on some samples of a problem, one verdict after the other. */
function pipelineOn(
  world: World,
  {
    filter,
    ranker: { score },
    drawn,
  }: { readonly filter: Filter | undefined; readonly ranker: RankedBy; readonly drawn: readonly number[] },
): ReturnType<typeof replayPipeline> {
  const judge = (scorer: number, candidateId: string): ReplayVerdicts => {
    const sample = Number(candidateId);
    if (filter !== undefined && scorer === 0) {
      const { status = 'error', seconds = 0 } = world.judged[sample]?.by[filter] ?? {};
      return { verdicts: [{ candidateId, status }], cost: { seconds } };
    }
    const { score: value, seconds = 0 } = score?.(world, sample) ?? {};
    const verdict =
      value === undefined
        ? ({ candidateId, status: 'abstain' } as const)
        : ({ candidateId, status: 'tie', score: value } as const);
    return { verdicts: [verdict], cost: { seconds } };
  };
  return replayPipeline(
    {
      stages: filter === undefined ? [] : [filter === 'parse' ? 'form' : 'behaviour'],
      order: 'given',
      concurrency: 1,
      rank: score === undefined ? 'vote' : 'scorer',
    },
    {
      ranks: score !== undefined,
      candidates: drawn.map((sample) => {
        const answer = world.judged[sample]?.answer;
        return { id: `${sample}`, from: 0, finish: 'eos', ...(answer !== undefined && { answer }) };
      }),
      score: (scorer, ids) => {
        const judged = ids.map((id) => judge(scorer, id));
        return {
          verdicts: judged.flatMap(({ verdicts }) => verdicts),
          cost: { seconds: sum(judged.map(({ cost }) => cost?.seconds ?? 0)) },
        };
      },
    },
  );
}
