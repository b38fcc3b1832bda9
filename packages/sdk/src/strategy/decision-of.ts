import type { Decision } from '../spec/result.ts';
import type { Action } from '../spec/strategy-core.ts';

/** How sure an action is, as a decision says it. */
export function confidenceOf(action: {
  readonly confidence?: number;
  readonly signal?: string;
}): Pick<Decision, 'confidence' | 'signal'> {
  return {
    ...(action.confidence !== undefined && { confidence: action.confidence }),
    ...(action.signal !== undefined && { signal: action.signal }),
  };
}

/** What an `accept` means once it is known whether money ended the search. */
export function acceptStatus(action: Extract<Action, { type: 'accept' }>, outOfMoney: boolean): Decision['status'] {
  if (action.accepted !== false) return 'accepted';
  return outOfMoney ? 'budget' : 'rejected';
}
