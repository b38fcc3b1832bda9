import { type Action, type Verdict, verdictScore } from '@tollgate/sdk';
import type { PipelineRules } from './core-options.ts';
import type { Lineage, PipelineState } from './pipeline-state.ts';

type Accept = Extract<Action, { type: 'accept' }>;

/** The winner of a vote. */
interface Leader {
  readonly lineage: Lineage;
  readonly votes: number;
  /** Votes of everything that took part. */
  readonly of: number;
}

/** Whether the survivors are ranked by votes, by the scorer that ranks, or by who came first. */
export function rankBy(
  { rank }: PipelineRules,
  survivors: readonly Lineage[],
  hasRanker: boolean,
): 'vote' | 'scorer' | 'first' {
  if (rank === 'first' || rank === 'vote') return rank;
  if (rank === 'scorer') return hasRanker ? 'scorer' : 'vote';
  return survivors.some(({ tested }) => tested) || !hasRanker ? 'vote' : 'scorer';
}

/** The answer with most candidates; on a tie one that nothing rejected, then the one that was drawn first. */
export function leaderOf(lineages: readonly Lineage[]): Leader | undefined {
  const votes = votesByAnswer(lineages);
  let leader: Leader | undefined;
  let of = 0;
  for (const lineage of lineages) {
    of += lineage.ids.length;
    const own = votes.get(lineage.answer) ?? 0;
    // One that was taken back never beats an equal that nothing rejected.
    const breaksTie = own === leader?.votes && leader.lineage.spared && !lineage.spared;
    if (leader === undefined || own > leader.votes || breaksTie) leader = { lineage, votes: own, of: 0 };
  }
  return leader === undefined ? undefined : { ...leader, of };
}

/**
 * The leader of a vote that nothing still to come can beat: every candidate that may yet pass is counted for its own
 * answer, every sample that has not arrived for the strongest rival. Undefined while the winner can change.
 */
export function decidedLeader(state: PipelineState, maySpare: boolean): Leader | undefined {
  const leader = leaderOf(state.lineages.filter(({ status }) => status === 'passed'));
  if (leader === undefined) return undefined;
  // What was pruned may come back where opinions pruned it or a number of survivors was asked for.
  const rivals = state.lineages.filter(({ status }) => maySpare || status !== 'pruned');
  const votes = votesByAnswer(rivals);
  let isBefore = true;
  for (const { answer } of rivals) {
    if (answer === leader.lineage.answer) {
      isBefore = false;
      continue;
    }
    const most = (votes.get(answer) ?? 0) + state.outstanding;
    // Ties go to the answer drawn first.
    if (most > leader.votes || (most === leader.votes && isBefore)) return undefined;
  }
  return state.outstanding > leader.votes ? undefined : leader;
}

/** Accepts the winner of a vote. */
export function acceptLeader(state: PipelineState, { lineage, votes, of }: Leader): Accept {
  const says = of === votes && of === 1 ? 'it is the only one left' : `${votes} of ${of} that are left agree`;
  return accept(state, lineage, { confidence: votes / of, signal: 'survivor-share', says });
}

/** Accepts whoever passed first. */
export function acceptFirst(state: PipelineState, lineage: Lineage): Accept {
  return accept(state, lineage, { says: 'the first that passed' });
}

/** Accepts the one that the ranking scorer likes best: the highest score, then more candidates, then the one drawn first. */
export function acceptBest(
  state: PipelineState,
  survivors: readonly Lineage[],
  { name, verdicts }: { readonly name: string; readonly verdicts: readonly Verdict[] },
): Accept | undefined {
  const scores = new Map(verdicts.map((verdict) => [verdict.candidateId, verdictScore(verdict)]));
  let best: { readonly lineage: Lineage; readonly score: number } | undefined;
  for (const lineage of survivors) {
    const score = scores.get(lineage.ids[0] ?? '');
    if (score === undefined) continue;
    const isBetter =
      best === undefined ||
      score > best.score ||
      (score === best.score && lineage.ids.length > best.lineage.ids.length);
    if (isBetter) best = { lineage, score };
  }
  if (best === undefined) return undefined;
  const { lineage, score } = best;
  const isShare = score >= 0 && score <= 1;
  const says = `${name} puts it first of ${survivors.length}, with ${Number(score.toPrecision(4))}`;
  return accept(state, lineage, { signal: name, says, ...(isShare && { confidence: score }) });
}

function accept(
  state: PipelineState,
  { ids: [candidate = ''], status, spared, tested }: Lineage,
  { says, ...confidence }: { readonly says: string; readonly confidence?: number; readonly signal?: string },
): Accept {
  // Money that ran out cannot take back what a test has shown.
  const isAccepted = status === 'passed' && !spared && (tested || state.ended === undefined);
  const left = state.lineages.filter((lineage) => lineage.status === 'passed' && !lineage.spared).length;
  const reason = `${state.drawn} drawn, ${state.lineages.length} distinct, ${left} passed every stage; ${says}`;
  return {
    type: 'accept',
    candidate,
    ...(!isAccepted && { accepted: false }),
    ...confidence,
    reason: state.ended === undefined ? reason : `${state.ended}; ${reason}`,
  };
}

function votesByAnswer(lineages: readonly Lineage[]): ReadonlyMap<string, number> {
  const votes = new Map<string, number>();
  for (const { answer, ids } of lineages) votes.set(answer, (votes.get(answer) ?? 0) + ids.length);
  return votes;
}
