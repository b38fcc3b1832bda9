import type { TurnDecision, TurnObservation, TurnPolicy, TurnView } from '@tollgate/sdk';

/** What a turn of a run comes to, and what is left before it. */
export interface DrivenTurn extends Partial<Omit<TurnObservation, 'turnKey'>>, Partial<Omit<TurnView, 'turnKey' | 'used'>> {}

/** How a run went. */
export interface DrivenRun {
  readonly decisions: readonly TurnDecision[];
  /** Turns of work, closing turns not counted. */
  readonly worked: number;
  /** Turns in all. */
  readonly turns: number;
  /** It came to its own end. */
  readonly finished: boolean;
  readonly state: unknown;
}

/** Drives a policy as the agent loop does: until the agent is finished, a closing turn has an answer, or the policy stops. */
export function driveTurns<State>(
  policy: TurnPolicy<State>,
  turnOf: (used: number, decision?: TurnDecision) => DrivenTurn,
  save: (state: State) => State = (state) => state,
): DrivenRun {
  const decisions: TurnDecision[] = [];
  let state = policy.start();
  let worked = 0;
  for (let used = 0; used < 500; used += 1) {
    const turnKey = `turn-${used + 1}`;
    const { spentUsd, leftUsd, atMs, owned = true } = turnOf(used);
    const view: TurnView = {
      turnKey,
      used,
      owned,
      ...(spentUsd !== undefined && { spentUsd }),
      ...(leftUsd !== undefined && { leftUsd }),
      ...(atMs !== undefined && { atMs }),
    };
    const answer = policy.before(save(state), view);
    decisions.push(answer.decision);
    if (answer.decision.type === 'stop') return { decisions, worked, turns: used, finished: false, state };
    const { progress, artifact, requestedMore, finished = false, toolCalls = 1 } = turnOf(used, answer.decision);
    state = policy.after(save(answer.state), {
      turnKey,
      toolCalls,
      finished,
      ...(progress !== undefined && { progress }),
      ...(artifact !== undefined && { artifact }),
      ...(requestedMore !== undefined && { requestedMore }),
    });
    const closing = answer.decision.type === 'closing';
    if (!closing) worked += 1;
    if (finished) return { decisions, worked, turns: used + 1, finished: !closing, state };
  }
  throw new Error('It went on for 500 turns.');
}
