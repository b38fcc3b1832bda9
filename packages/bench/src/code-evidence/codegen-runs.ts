import { createRandom, mean } from '@tollgate/stats';
import { agreementRank } from '@tollgate/verifier';
import type { CodegenProblem } from './codegen-matrix.ts';
import { replayPipeline } from './replay-pipeline.ts';

/** Random orders of the samples; best of N is on the first N of each. */
export const orders = 50;

/** What ranks: agreement of programs and tests, or how many tests are passed. */
type RankBy = 'agreement' | 'passed tests';

/** What came of the first samples of one order. */
export interface Run {
  /** 1 where the pipeline's choice passes all gold tests. */
  readonly solved: number;
  /** Share of right ones among the best-scored survivors: what a random choice among them is worth. */
  readonly tied: number;
  readonly survivors: number;
  /** Gold tests run, until a program fails one: for every sample, and for every program. */
  readonly testsRun: number;
  readonly testsRunOnce: number;
}

/** Prunes and ranks the first `size` samples of every order. */
export function runsOf(
  problem: CodegenProblem,
  options: { readonly size: number; readonly goldTests: number; readonly by: RankBy },
): readonly Run[] {
  const positions = problem.samples.map((_, i) => i);
  return Array.from({ length: orders }, (_, order) => {
    const drawn = createRandom(`order ${order}`).shuffle(positions).slice(0, options.size);
    return runOn(problem, { ...options, drawn: drawn.map((position) => problem.samples[position] ?? 0) });
  });
}

function runOn(
  { gold, gen, gen_mult: generated, ok }: CodegenProblem,
  { drawn, goldTests, by }: { readonly drawn: readonly number[]; readonly goldTests: number; readonly by: RankBy },
): Run {
  const counts = new Map<number, number>();
  for (const program of drawn) counts.set(program, (counts.get(program) ?? 0) + 1);
  const scoresOf = (programs: readonly number[]): { readonly [program: string]: number } => {
    const tested = programs.map((program) => ({
      id: `${program}`,
      passed: generated.map((_, test) => gen[program]?.[test] === '1'),
      count: counts.get(program) ?? 1,
    }));
    if (by === 'agreement') return agreementRank(tested, generated).scores;
    return Object.fromEntries(
      tested.map(({ id, passed }) => [id, passed.reduce((all, pass, i) => all + (pass ? (generated[i] ?? 0) : 0), 0)]),
    );
  };
  const programOf = (candidateId: string): number => drawn[Number(candidateId)] ?? 0;
  const stages = Math.min(goldTests, gold[0]?.length ?? 0);
  const { chosen = '', state } = replayPipeline(
    {
      stages: Array.from({ length: stages }, () => 'behaviour'),
      order: 'given',
      concurrency: drawn.length,
      keepTimeouts: false,
      rank: 'scorer',
    },
    {
      ranks: true,
      candidates: drawn.map((program, i) => ({ id: `${i}`, from: 0, answer: `${program}`, finish: 'eos' })),
      score: (scorer, ids) => {
        if (scorer < stages) {
          return {
            verdicts: ids.map((candidateId) => ({
              candidateId,
              status: statusOf(gold[programOf(candidateId)]?.[scorer]),
            })),
          };
        }
        const scores = scoresOf(ids.map(programOf));
        return {
          verdicts: ids.map((candidateId) => ({
            candidateId,
            status: 'tie',
            score: scores[programOf(candidateId)] ?? 0,
          })),
        };
      },
    },
  );
  const lineages = state?.lineages ?? [];
  const passed = lineages.filter(({ status }) => status === 'passed');
  const survivors = passed.length === 0 ? lineages : passed;
  const scores = scoresOf(survivors.map(({ answer }) => Number(answer)));
  const best = Math.max(...survivors.map(({ answer }) => scores[answer] ?? 0));
  const tied = survivors.filter(({ answer }) => scores[answer] === best).flatMap(({ ids }) => ids.map(programOf));
  const run = lineages.map((lineage) => ({
    samples: lineage.ids.length,
    tests: lineage.passed + (lineage.status === 'pruned' ? 1 : 0),
  }));
  return {
    solved: ok[programOf(chosen)] ?? 0,
    tied: mean(tied.map((program) => ok[program] ?? 0)),
    survivors: passed.reduce((all, { ids }) => all + ids.length, 0),
    testsRun: run.reduce((all, { samples, tests }) => all + samples * tests, 0),
    testsRunOnce: run.reduce((all, { tests }) => all + tests, 0),
  };
}

function statusOf(mark: string | undefined): 'accept' | 'timeout' | 'reject' {
  return mark === '1' ? 'accept' : mark === 't' ? 'timeout' : 'reject';
}
