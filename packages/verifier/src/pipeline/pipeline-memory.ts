import type { StrategyMemory } from '@tollgate/sdk';
import { addTallies, noTally, type PipelineState, type StageTally } from './pipeline-state.ts';
import type { LearnedTallies } from './stage-order.ts';

/** What a pipeline has measured, as plain JSON: to be kept in a file and given to the next process. */
export interface PipelineRecord extends LearnedTallies {
  /** Runs that decided. */
  readonly runs: number;
  /** Candidates drawn. */
  readonly drawn: number;
}

/** Measurements of a pipeline over its runs. */
export interface PipelineMemory extends StrategyMemory<PipelineState> {
  /** Everything measured so far. */
  toJSON(): PipelineRecord;
}

/**
 * Counts what each stage of a pipeline judges, prunes and takes, over all runs: what the order of stages is measured by.
 *
 * One memory belongs to one list of stages.
 *
 * @param record What an earlier process measured. Default nothing.
 *
 * @example
 * const memory = pipelineMemory(JSON.parse(await readFile('pipeline.json', 'utf8')));
 * const model = pruneThenRank(small, { stages, memory });
 * await writeFile('pipeline.json', JSON.stringify(memory));
 */
export function pipelineMemory(record?: PipelineRecord): PipelineMemory {
  let { runs, drawn, tallies } = record ?? { runs: 0, drawn: 0, tallies: [] };
  return {
    recall: () => (runs === 0 ? undefined : { tallies: tallies.map((tally) => ({ ...tally })) }),
    learn: ({ state }) => {
      runs += 1;
      drawn += state.drawn;
      tallies = state.tallies.map((tally, scorer): StageTally => addTallies(tallies[scorer] ?? noTally, tally));
    },
    toJSON: () => ({ runs, drawn, tallies }),
  };
}
