import type { ScoringCost, Verdict } from '@tollgate/sdk';
import type { PipelineRules } from './core-options.ts';
import { addTallies, costTally, type Lineage, type PipelineState, type StageTally } from './pipeline-state.ts';

/** Adds candidates that arrived, each to its lineage; those without an answer count as drawn and go no further. */
export function addCandidates(
  { merge }: PipelineRules,
  state: PipelineState,
  drawn: readonly { readonly id: string; readonly answer?: string }[],
): PipelineState {
  const lineages = [...state.lineages];
  for (const { id, answer } of drawn) {
    if (answer === undefined) continue;
    const at = merge === 'answer' ? lineages.findIndex((lineage) => lineage.answer === answer) : -1;
    const known = lineages[at];
    if (known === undefined) {
      const status = state.order.length === 0 ? 'passed' : 'waiting';
      lineages.push({ answer, ids: [id], passed: 0, status, tested: false, spared: false });
    } else lineages[at] = { ...known, ids: [...known.ids, id] };
  }
  return { ...state, drawn: state.drawn + drawn.length, lineages };
}

/** Applies a stage's verdicts. A verdict that is not a rejection keeps its lineage; a timeout, as the rules say. */
export function applyVerdicts(
  rules: PipelineRules,
  state: PipelineState,
  {
    scorer,
    verdicts,
    cost,
  }: { readonly scorer: number; readonly verdicts: readonly Verdict[]; readonly cost?: ScoringCost },
): PipelineState {
  const lineages = [...state.lineages];
  const counts = { judged: 0, pruned: 0, timeouts: 0 };
  for (const { candidateId, status, score } of verdicts) {
    const at = lineages.findIndex(({ ids, status: now }) => now === 'judging' && ids[0] === candidateId);
    const lineage = lineages[at];
    if (lineage === undefined) continue;
    const keeps = status !== 'reject' && (status !== 'timeout' || rules.keepTimeouts);
    counts.judged += 1;
    if (!keeps) counts.pruned += 1;
    if (status === 'timeout') counts.timeouts += 1;
    const hasTested = rules.stages[scorer] === 'behaviour' && (status === 'accept' || status === 'reject');
    lineages[at] = {
      ...(keeps ? passOn(lineage, state.order.length) : { ...lineage, status: 'pruned', prunedBy: scorer }),
      tested: lineage.tested || hasTested,
      ...(score !== undefined && { score }),
    };
  }
  const tally = { ...costTally(cost), ...counts };
  return { ...state, judging: state.judging - counts.judged, lineages, tallies: addTo(state.tallies, scorer, tally) };
}

/** A stage that failed has no say: what it was to judge goes on to the next one. */
export function skipStage(state: PipelineState, candidates: readonly string[]): PipelineState {
  let { judging } = state;
  const lineages = state.lineages.map((lineage) => {
    if (lineage.status !== 'judging' || !candidates.includes(lineage.ids[0] ?? '')) return lineage;
    judging -= 1;
    return passOn(lineage, state.order.length);
  });
  return { ...state, judging, lineages };
}

/** Takes pruned lineages back: at the stage after the one that pruned them, and marked so that it happens once. */
export function spare(state: PipelineState, taken: readonly Lineage[]): PipelineState {
  return {
    ...state,
    lineages: state.lineages.map((lineage) =>
      taken.includes(lineage) ? { ...passOn(lineage, state.order.length), spared: true } : lineage,
    ),
  };
}

function passOn(lineage: Lineage, stages: number): Lineage {
  const passed = lineage.passed + 1;
  return { ...lineage, passed, status: passed >= stages ? 'passed' : 'waiting' };
}

export function addTo(tallies: readonly StageTally[], scorer: number, tally: StageTally): readonly StageTally[] {
  return tallies.map((known, index) => (index === scorer ? addTallies(known, tally) : known));
}
