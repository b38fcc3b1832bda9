import type { Action } from '@tollgate/sdk';

/** The state of a core that keeps its next action: what is to be done is worked out once, when something is observed. */
export interface WithAction {
  readonly action: Action;
}

/** The core has decided; what still arrives (a late failure of one of several runs) changes nothing. */
export function hasDecided({ action }: WithAction): boolean {
  return action.type === 'accept' || action.type === 'abstain' || action.type === 'stop';
}
