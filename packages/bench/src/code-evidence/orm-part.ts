import { join } from 'node:path';
import { type BootstrapEstimate, bootstrapInterval, createRandom, mean, tallyVotes } from '@tollgate/stats';
import { bestOfK, normalisedDropRatio, passAtK, type RankedAnswer } from '@tollgate/verifier';
import { readRecords } from '../read-lines.ts';
import { subsets } from './subsets.ts';
import { meanOver, printTable, shown } from './table.ts';

/** The candidates of a question. */
type Scored = readonly RankedAnswer[];

interface MathQuestion {
  readonly pred: readonly string[];
  readonly ok: readonly number[];
  readonly rm: readonly number[];
}

interface OvmQuestion {
  readonly samples: readonly (readonly [correct: number, final: number, min: number, mean: number, tokens: number])[];
}

/** Best of k by trained reward models on recorded candidates, and what share of the possible gain they bring. */
export function ormPart(data: string): void {
  mathPart(readRecords(join(data, 'orm_scored_small/qwen25_math_rm72b_math100x8.jsonl.gz')));
  ovmPart(readRecords(join(data, 'orm_scored_small/ovm_samples.jsonl.gz')));
}

function mathPart(questions: readonly MathQuestion[]): void {
  const scored = questions.map(({ ok, rm }) => rm.map((score, i) => ({ score, correct: ok[i] === 1 })));
  printTable(`Qwen2.5-Math-RM-72B, ${questions.length} MATH questions x 8 answers: best of k`, [
    ['k', 'reward model', 'vote', 'vote weighted by exp(reward)', 'any of k', 'NDR of the reward model'],
    ...[1, 2, 4, 8].map((k) => [
      `${k}`,
      shown(meanOver(scored.map((one) => bestOfK(one, k)))),
      shown(meanOver(questions.map((one) => byVote(one, k, () => 1)))),
      shown(meanOver(questions.map((one) => byVote(one, k, Math.exp)))),
      shown(meanOver(scored.map((one) => anyOf(one, k)))),
      k === 1 ? '' : shown(dropRatio(scored, k), 2),
    ]),
  ]);
}

function ovmPart(questions: readonly OvmQuestion[]): void {
  const columns = [
    ['last token', 1],
    ['least', 2],
    ['mean', 3],
  ] as const;
  const scoredBy = (column: 1 | 2 | 3): readonly Scored[] =>
    questions.map(({ samples }) => samples.map((sample) => ({ score: sample[column], correct: sample[0] === 1 })));
  printTable(`Outcome value model (OVM), ${questions.length} questions only, 100 to 500 answers each: best of k`, [
    ['k', ...columns.flatMap(([name]) => [`by ${name}`, 'NDR']), 'any of k'],
    ...[1, 2, 4, 8, 16, 64, 100].map((k) => [
      `${k}`,
      ...columns.flatMap(([, column]) => {
        const scored = scoredBy(column);
        return [shown(meanOver(scored.map((one) => bestOfK(one, k)))), k === 1 ? '' : shown(dropRatio(scored, k), 2)];
      }),
      shown(meanOver(scoredBy(1).map((one) => anyOf(one, k)))),
    ]),
  ]);
}

function anyOf(answers: Scored, k: number): number {
  return passAtK({ samples: answers.length, correct: answers.filter(({ correct }) => correct).length }, k);
}

/** How often a vote among k answers is right, over every choice of k. A tie goes to the first answer. */
function byVote({ pred, ok, rm }: MathQuestion, k: number, weigh: (reward: number) => number): number {
  const outcomes = subsets(pred.length, k).map((chosen) => {
    const { winner } = tallyVotes(
      chosen.map((i) => pred[i]),
      chosen.map((i) => weigh(rm[i] ?? 0)),
    );
    return ok[pred.findIndex((answer) => answer === winner)] ?? 0;
  });
  return mean(outcomes);
}

function dropRatio(scored: readonly Scored[], k: number): BootstrapEstimate {
  return bootstrapInterval({
    units: scored.map((one) => ({ start: bestOfK(one, 1), reached: bestOfK(one, k), best: anyOf(one, k) })),
    statistic: (sample) =>
      normalisedDropRatio({
        start: mean(sample.map(({ start }) => start)),
        reached: mean(sample.map(({ reached }) => reached)),
        best: mean(sample.map(({ best }) => best)),
      }) ?? Number.NaN,
    random: createRandom('problems'),
  });
}
