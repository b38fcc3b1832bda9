import type { TurnDecision, TurnObservation, TurnPolicy, TurnView } from '@tollgate/sdk';
import { type ClosingState, closeFor, notClosing } from './closing-turn.ts';
import { type DecidedTurns, decisionOn, noTurns, withDecision, withObserved } from './decided-turns.ts';
import { type FenceState, fenceReason, fenceTurns, noCosts, withTurnCost } from './turn-fence.ts';
import { reminderFor, type TurnReminders } from './turn-reminders.ts';

/** What the turns so far showed. Plain JSON. */
export interface TurnEvidence {
  /** Turns since the last one that made progress; null where nobody reports it. */
  readonly sinceProgress: number | null;
  /** There is something to hand in; null where nobody reports it. */
  readonly artifact: boolean | null;
  readonly asked: boolean;
}

/** The state of `unlimitedTurns`, `fixedTurns` and `dynamicTurns`. Plain JSON, so that an agent can be saved and go on. */
export interface TurnLimitState {
  readonly turns: DecidedTurns;
  /** Turns granted beyond the limit. */
  readonly added: number;
  readonly closing: ClosingState;
  readonly costs: FenceState;
  readonly evidence: TurnEvidence;
}

/** More turns, granted once. */
export interface ExtensionRule {
  /** Whole number in [0, ∞). At 0 nothing is ever granted. */
  readonly turns: number;
  /** Says what speaks against it, or undefined where it is granted. */
  readonly against: (evidence: TurnEvidence, turn: TurnView) => string | undefined;
}

/** What a limit on turns is made of. */
export interface TurnLimitRules {
  readonly name: string;
  /** Turns of work. Whole number in [1, ∞]. */
  readonly limit: number;
  readonly reminders: TurnReminders;
  readonly extension?: ExtensionRule;
  readonly mayExtend?: boolean;
}

// Source: Gao and Peng 2025, "More with Less" (arXiv 2510.16786): a limit with reminders, extended once on demand.
// Differs: a closing turn after the limit, in place of a hard stop that loses the work.
/** The one state machine behind all limits on turns. */
export function limitedTurns(rules: TurnLimitRules): TurnPolicy<TurnLimitState> {
  return {
    name: rules.name,
    ...(rules.mayExtend === true && { mayExtend: true }),
    start: () => ({
      turns: noTurns,
      added: 0,
      closing: notClosing,
      costs: noCosts,
      evidence: { sinceProgress: null, artifact: null, asked: false },
    }),
    before: (state, turn) => {
      const known = decisionOn(state.turns, turn.turnKey);
      if (known?.type === 'proceed') return { state, decision: known };
      const costs = known === undefined ? withTurnCost(state.costs, turn, fenceTurns) : state.costs;
      const { reason, added = state.added, reminder } = situation({ ...state, costs }, { turn, rules });
      if (reason === undefined) {
        const decision: TurnDecision = { type: 'proceed', ...(reminder !== undefined && { reminder }) };
        const turns = withDecision(state.turns, turn.turnKey, decision);
        return { state: { ...state, turns, costs, added, closing: notClosing }, decision };
      }
      if (known !== undefined) return { state, decision: known };
      const { state: closing, decision } = closeFor(state.closing, reason);
      // A stop is not remembered: whoever resumes with more money or a higher limit asks about the same turn again.
      if (decision.type === 'stop') return { state, decision };
      return {
        state: { ...state, turns: withDecision(state.turns, turn.turnKey, decision), costs, closing },
        decision,
      };
    },
    after: (state, observation) => {
      const turns = withObserved(state.turns, observation.turnKey);
      if (turns === undefined) return state;
      const answered = state.closing.closings > 0 && observation.finished;
      return {
        ...state,
        turns,
        closing: { ...state.closing, answered },
        evidence: withObservation(state.evidence, observation),
      };
    },
  };
}

/** What is so before a turn: why the end is due, if it is, and else what is to be said. */
function situation(
  { added, closing, costs, evidence }: TurnLimitState,
  { turn, rules }: { readonly turn: TurnView; readonly rules: TurnLimitRules },
): { readonly reason?: string; readonly added?: number; readonly reminder?: string | undefined } {
  const poor = fenceReason(costs, turn);
  if (poor !== undefined) return { reason: poor };
  const limit = rules.limit + added;
  if (turn.used < limit) return { reminder: reminderFor(rules.reminders, { used: turn.used, limit }) };
  const reason = `all ${limit} turns are used (${rules.name})`;
  const { extension } = rules;
  if (extension === undefined || extension.turns < 1 || added > 0) return { reason };
  const against = extension.against(evidence, turn);
  if (against !== undefined) return { reason: `${reason}, and none are added: ${against}` };
  return closing.closings > 0 ? { reason } : { added: extension.turns, reminder: grantNotice(limit, extension.turns) };
}

function withObservation(evidence: TurnEvidence, { progress, artifact, requestedMore }: TurnObservation): TurnEvidence {
  const { sinceProgress } = evidence;
  return {
    sinceProgress: progress === undefined ? sinceProgress : progress ? 0 : (sinceProgress ?? 0) + 1,
    artifact: artifact ?? evidence.artifact,
    asked: evidence.asked || requestedMore === true,
  };
}

function grantNotice(used: number, more: number): string {
  const turns = more === 1 ? '1 more turn is' : `${more} more turns are`;
  return `The ${used} turns that were planned are used. ${turns} granted, this one included, and none after that. Finish the work, or have something to hand in by then.`;
}
