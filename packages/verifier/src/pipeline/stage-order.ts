import type { JsonValue } from '@tollgate/sdk';
import { noTally, type StageTally } from './pipeline-state.ts';

/** Verdicts of every stage that must have been seen before the order follows the measurements. */
const enough = 20;

/** What a pipeline's memory tells its core: a tally by scorer. */
export interface LearnedTallies {
  readonly tallies: readonly StageTally[];
}

/**
 * Stages by what they cost per candidate they remove, cheapest first; as given until each was measured often enough, and
 * where two cost the same.
 *
 * For filters that do not influence one another, ascending cost / rejection rate is the order of least expected cost. Rates
 * are those met in the order so far, so a stage that mostly repeats an earlier one's rejections moves back.
 */
// Source: arXiv 2506.10056 prices stages by wall time; on its HumanEval timings lint (58 s) costs more than three tests (25 s).
export function stageOrder(stages: number, learned: JsonValue | undefined, usdPerSecond: number): readonly number[] {
  const given = Array.from({ length: stages }, (_, stage) => stage);
  const tallies = talliesOf(learned);
  const measured = given.map((stage) => tallies[stage] ?? noTally);
  if (measured.some(({ judged }) => judged < enough)) return given;
  const costs = measured.map((tally) => costPerRemoved(tally, usdPerSecond));
  return given.toSorted((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0) || a - b);
}

/** US dollars of time and fees for each distinct candidate removed, counting half a removal for a stage that has made none. */
export function costPerRemoved({ pruned, seconds, usd = 0 }: StageTally, usdPerSecond: number): number {
  return (seconds * usdPerSecond + usd) / Math.max(pruned, 0.5);
}

function talliesOf(learned: JsonValue | undefined): readonly StageTally[] {
  if (typeof learned !== 'object' || learned === null || !('tallies' in learned)) return [];
  return (learned as unknown as LearnedTallies).tallies;
}
