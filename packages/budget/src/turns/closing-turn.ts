import type { TurnDecision } from '@tollgate/sdk';

/** How far the end of an agent has come. Plain JSON. */
export interface ClosingState {
  /** Closing turns that were announced. */
  readonly closings: number;
  /** The last of them gave an answer. */
  readonly answered: boolean;
}

/** Nothing is closing. */
export const notClosing: ClosingState = { closings: 0, answered: false };

/** A closing turn in which the model calls tools in spite of all, and says nothing, is asked for once more. */
const mostClosings = 2;

/** The closing turn, or, once there was one, the end. */
export function closeFor(
  { closings, answered }: ClosingState,
  reason: string,
): { readonly state: ClosingState; readonly decision: TurnDecision } {
  if (answered || closings >= mostClosings) {
    return { state: { closings, answered }, decision: { type: 'stop', reason } };
  }
  return {
    state: { closings: closings + 1, answered: false },
    decision: { type: 'closing', directive: closingDirective, reason },
  };
}

const closingDirective =
  'This is the last turn: no tool is run any more. Hand in what you have. Say what was found and done, what is unfinished, and what you would do next.';
