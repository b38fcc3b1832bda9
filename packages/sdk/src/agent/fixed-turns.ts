import type { TurnPolicy } from '../spec/turn-policy.ts';

/** Closing turns at most: a model that answers the first one with nothing but tool calls is asked once more. */
const closingTurns = 2;

/**
 * A plain limit: so many turns of work, then one closing turn in which no tool is run. Says once when a fifth is left. All
 * follows from the number of turns, so there is no state.
 */
export function fixedTurns(limit: number): TurnPolicy<null> {
  const few = Math.ceil(limit / 5);
  return {
    name: 'fixed',
    start: () => null,
    before: (state, { used }) => {
      if (used >= limit + closingTurns)
        return { state, decision: { type: 'stop', reason: `all ${limit} turns are used` } };
      if (used >= limit)
        return { state, decision: { type: 'closing', directive, reason: `all ${limit} turns are used` } };
      const isTime = used > 0 && limit - used === few;
      return { state, decision: { type: 'proceed', ...(isTime && { reminder: reminder(few) }) } };
    },
    after: (state) => state,
  };
}

const directive =
  'This is the last turn, and no tool will be run any more. Give your answer now from what you have: what was found and done, and what is left to do.';

function reminder(left: number): string {
  return `${left === 1 ? '1 turn is' : `${left} turns are`} left, this one included. Plan for an answer by then.`;
}
