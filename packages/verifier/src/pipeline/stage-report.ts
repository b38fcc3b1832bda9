import { costPerRemoved } from './stage-order.ts';
import { addTallies, noTally, type PipelineState, type StageTally } from './pipeline-state.ts';

/** One stage of a pipeline over one or many runs. Counts are of candidates, duplicates included. */
export interface StageReport {
  readonly name: string;
  /** Candidates that reached the stage. */
  readonly in: number;
  /** Candidates it let pass. */
  readonly out: number;
  /** Verdicts: equal answers take one together. */
  readonly judged: number;
  readonly timeouts: number;
  /** Of all verdicts together. */
  readonly seconds: number;
  /** US dollars of fees; absent where a verdict has no known price. */
  readonly usd?: number;
  readonly tokens: number;
  /** US dollars of time and fees for each distinct candidate removed: what the order of stages is measured by. */
  readonly usdPerRemoved: number;
  /** Where labels were given: right candidates that reached it. */
  readonly correctIn?: number;
  /** Where labels were given: right candidates it let pass. */
  readonly correctOut?: number;
  /** Where labels were given: runs in which a right candidate reached it and none passed it. */
  readonly selectionFailures?: number;
}

/** What a pipeline did. */
export interface PipelineReport {
  readonly runs: number;
  /** Candidates drawn, those without an answer included. */
  readonly drawn: number;
  readonly distinct: number;
  /** In the order in which they were listed; the ranking scorer last. */
  readonly stages: readonly StageReport[];
  /** Candidates drawn for each second of stages and ranking together, pruned ones included (PPS of arXiv 2506.10056). */
  readonly candidatesPerSecond: number;
  /** Where labels were given: runs in which no candidate was right. */
  readonly generationFailures?: number;
}

/** Options of `pipelineReport`. */
export interface PipelineReportOptions {
  /** Names of the scorers, in their order. */
  readonly names: readonly string[];
  /** Whether a candidate is right, where that is known. Seen by the report only. */
  readonly isCorrect?: (candidateId: string) => boolean;
  /** As the pipeline's own. @defaultValue 0.00003 */
  readonly usdPerSecond?: number;
}

/**
 * What each stage took in, let pass and cost, over the states in which runs ended.
 *
 * With labels it also says what a stage did to right candidates: the share that survived, and how often it lost the last
 * one (`selectionFailures`), which no later stage can mend.
 */
// Source: arXiv 2502.00271 tells selection failures (a valid candidate existed and none survived) from generation failures.
export function pipelineReport(states: readonly PipelineState[], options: PipelineReportOptions): PipelineReport {
  const { names, isCorrect, usdPerSecond = 0.00003 } = options;
  const stages = names.map((name, scorer) => stageReport(states, { name, scorer, isCorrect, usdPerSecond }));
  const drawn = states.reduce((sum, state) => sum + state.drawn, 0);
  const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return {
    runs: states.length,
    drawn,
    distinct: states.reduce((sum, { lineages }) => sum + lineages.length, 0),
    stages,
    candidatesPerSecond: seconds > 0 ? drawn / seconds : Number.POSITIVE_INFINITY,
    ...(isCorrect !== undefined && {
      generationFailures: states.filter(({ lineages }) => !lineages.some(({ ids }) => ids.some(isCorrect))).length,
    }),
  };
}

interface StageQuestion {
  readonly name: string;
  readonly scorer: number;
  readonly isCorrect: ((candidateId: string) => boolean) | undefined;
  readonly usdPerSecond: number;
}

function stageReport(
  states: readonly PipelineState[],
  { name, scorer, isCorrect, usdPerSecond }: StageQuestion,
): StageReport {
  let tally: StageTally = noTally;
  const counts = { in: 0, out: 0 };
  const labelled = { correctIn: 0, correctOut: 0, selectionFailures: 0 };
  for (const state of states) {
    tally = addTallies(tally, state.tallies[scorer] ?? noTally);
    const { reached, left } = throughStage(state, scorer);
    counts.in += reached.length;
    counts.out += left.length;
    if (isCorrect === undefined) continue;
    const [correctIn, correctOut] = [reached.filter(isCorrect).length, left.filter(isCorrect).length];
    labelled.correctIn += correctIn;
    labelled.correctOut += correctOut;
    if (correctIn > 0 && correctOut === 0) labelled.selectionFailures += 1;
  }
  const { judged, timeouts, seconds, usd, tokens } = tally;
  return {
    name,
    ...counts,
    judged,
    timeouts,
    seconds,
    ...(usd !== undefined && { usd }),
    tokens,
    usdPerRemoved: costPerRemoved(tally, usdPerSecond),
    ...(isCorrect !== undefined && labelled),
  };
}

/** Candidates that reached a scorer, and those it let pass. The one that ranks is reached by what was left, and passes one. */
function throughStage(
  { order, lineages, action }: PipelineState,
  scorer: number,
): { readonly reached: readonly string[]; readonly left: readonly string[] } {
  const place = order.indexOf(scorer);
  if (place < 0) {
    const ranked = lineages.filter(({ status }) => status === 'passed').flatMap(({ ids }) => ids);
    return { reached: ranked, left: action.type === 'accept' ? [action.candidate] : [] };
  }
  const reached = lineages.filter(({ passed, prunedBy }) => passed > place || prunedBy === scorer);
  return {
    reached: reached.flatMap(({ ids }) => ids),
    left: reached.filter(({ prunedBy }) => prunedBy !== scorer).flatMap(({ ids }) => ids),
  };
}
