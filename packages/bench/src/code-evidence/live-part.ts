import { bootstrapPairedDifference, bootstrapRatio, createRandom, mean, sum } from '@tollgate/stats';
import { pairwiseAccuracy, passAtK, type Sandbox } from '@tollgate/verifier';
import { type Filter, filters, judgePrograms } from './judge-programs.ts';
import { type Outcome, outcomeOf } from './pipeline-outcome.ts';
import { judgedBy, likelihood, type RankedBy, vote, type World } from './ranked-by.ts';
import { recordedPrograms } from './recorded-programs.ts';
import { meanOver, printTable, shown } from './table.ts';

/** What is printed, and where programs run. */
export interface LivePartOptions {
  /** A file of HumanEval. */
  readonly tasks: string;
  /** The model that wrote the programs. */
  readonly model: string;
  /** Models whose yes/no scores were recorded. */
  readonly judges: readonly string[];
  readonly sandbox: Sandbox;
}

/** Filters and rankers on recorded programs of a local model, run in a sandbox here and now. */
export async function livePart({ tasks, model, judges, sandbox }: LivePartOptions): Promise<void> {
  const worlds: World[] = [];
  for (const samples of await recordedPrograms(model, tasks)) {
    const judged = await judgePrograms(samples, sandbox);
    worlds.push({ ...samples, judged, correct: judged.map(({ by }) => by['all tests'].status === 'accept') });
  }
  const count = Math.max(...worlds.map(({ candidates }) => candidates.length));
  const sizes = [1, 2, 4, 8, 10].filter((k) => k <= count);
  const total = worlds.length * count;
  printTable(`${model}: ${worlds.length} problems x ${count} programs, sandbox ${sandbox.name}`, [
    ['filter', 'accepted', 'timed out', 'ms a program', 'programs run'],
    ...filters.map((filter) => filterRow(worlds, filter)),
  ]);
  console.log(
    `writing them took ${secondsOf(worlds).toFixed(0)} s of the engine, ${(secondsOf(worlds) / total).toFixed(2)} s a program`,
  );

  const rankers = [vote, likelihood, ...judges.flatMap((judge) => judgedBy(judge, worlds))];
  printTable(
    'Scores: how often a right program is above a wrong one of the same problem',
    rankers.flatMap((ranker) => accuracyRow(worlds, ranker)),
  );

  const byVote = (filter: Filter | undefined): readonly Outcome[] =>
    worlds.map((world) => outcomeOf(world, { filter, ranker: vote, sizes }));
  const voteAlone = byVote(undefined);
  const rows = [undefined, ...filters].flatMap((filter) => {
    const voted = filter === undefined ? voteAlone : byVote(filter);
    return (filter === 'all tests' ? [vote] : rankers).map((ranker) => {
      const outcomes = ranker === vote ? voted : worlds.map((world) => outcomeOf(world, { filter, ranker, sizes }));
      return [filter ?? 'none', ranker.name, ...cells(outcomes, { against: [voteAlone, voted], sizes, count })];
    });
  });
  printTable(`Best of k, over every choice of k of ${count} programs (the first tests are part of those that grade)`, [
    [
      'filter',
      'ranker',
      ...sizes.map((k) => `k = ${k}`),
      'against vote alone',
      'against vote so filtered',
      'programs/s',
      '$ per solved',
    ],
    ...rows,
    [
      'truth',
      '',
      ...sizes.map((k) =>
        shown(
          meanOver(
            worlds.map(({ correct }) =>
              passAtK({ samples: correct.length, correct: correct.filter(Boolean).length }, k),
            ),
          ),
        ),
      ),
    ],
  ]);
}

function cells(
  outcomes: readonly Outcome[],
  {
    against,
    sizes,
    count,
  }: { readonly against: readonly (readonly Outcome[])[]; readonly sizes: readonly number[]; readonly count: number },
): readonly string[] {
  const at = (list: readonly Outcome[], k: number): readonly number[] => list.map(({ bestOf }) => bestOf.get(k) ?? 0);
  const last = sizes.at(-1) ?? 1;
  const differences = against.map((base) =>
    bootstrapPairedDifference({
      first: { numerators: at(outcomes, last) },
      second: { numerators: at(base, last) },
      random: createRandom('problems'),
    }),
  );
  const seconds = sum(outcomes.map((outcome) => outcome.seconds));
  const usd = bootstrapRatio({
    numerators: outcomes.map((outcome) => outcome.usd),
    denominators: at(outcomes, last),
    random: createRandom('problems'),
  });
  return [
    ...sizes.map((k) => shown(meanOver(at(outcomes, k)))),
    ...differences.map((difference, i) => (outcomes === against[i] ? '' : shown(difference))),
    seconds === 0 ? '∞' : ((outcomes.length * count) / seconds).toPrecision(3),
    `${usd.estimate.toPrecision(3)} [${usd.lower.toPrecision(3)}, ${usd.upper.toPrecision(3)}]`,
  ];
}

function filterRow(worlds: readonly World[], filter: Filter): readonly string[] {
  const samples = worlds.flatMap(({ judged }) => judged);
  const programs = worlds.flatMap(({ judged }) => [...new Set(judged)]);
  const share = (status: string): string =>
    (samples.filter(({ by }) => by[filter].status === status).length / samples.length).toFixed(3);
  const ms = mean(programs.map(({ by }) => by[filter].seconds)) * 1000;
  return [filter, share('accept'), share('timeout'), ms.toFixed(1), `${programs.length}`];
}

function accuracyRow(worlds: readonly World[], { name, score }: RankedBy): readonly (readonly string[])[] {
  if (score === undefined) return [];
  const accuracies = worlds.flatMap((world) => {
    const accuracy = pairwiseAccuracy(
      world.correct.map((correct, sample) => ({ correct, score: score(world, sample).score ?? -Infinity })),
    );
    return accuracy === undefined ? [] : [accuracy];
  });
  return [[name, shown(meanOver(accuracies)), `${accuracies.length} problems with both`]];
}

function secondsOf(worlds: readonly World[]): number {
  return sum(
    worlds.flatMap(({ promptSeconds, candidates }) => [
      promptSeconds,
      ...candidates.map(({ engineSeconds = 0 }) => engineSeconds),
    ]),
  );
}
