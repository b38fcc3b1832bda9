import type { TurnDecision } from '@tollgate/sdk';

/** Turns that were decided and turns that were observed, the newest last. Plain JSON. */
export interface DecidedTurns {
  readonly decided: readonly { readonly turnKey: string; readonly decision: TurnDecision }[];
  readonly observed: readonly string[];
}

/** No turn yet. */
export const noTurns: DecidedTurns = { decided: [], observed: [] };

/** Turns that are remembered: a loop that is not ours may have several under way, and ask again about each. */
const kept = 16;

/** What was decided about a turn, or undefined where it is a new one. */
export function decisionOn({ decided }: DecidedTurns, turnKey: string): TurnDecision | undefined {
  return decided.find((turn) => turn.turnKey === turnKey)?.decision;
}

/** With what is decided about a turn. */
export function withDecision(turns: DecidedTurns, turnKey: string, decision: TurnDecision): DecidedTurns {
  const others = turns.decided.filter((turn) => turn.turnKey !== turnKey);
  return { ...turns, decided: [...others, { turnKey, decision }].slice(-kept) };
}

/** With a turn that is observed, or undefined where it was before. */
export function withObserved(turns: DecidedTurns, turnKey: string): DecidedTurns | undefined {
  if (turns.observed.includes(turnKey)) return undefined;
  return { ...turns, observed: [...turns.observed, turnKey].slice(-kept) };
}
