import type { TurnPolicy } from '@tollgate/sdk';
import { type TurnLimitState, limitedTurns } from './limited-turns.ts';

/**
 * No limit on turns. Money still ends the agent, by a closing turn, where the loop says what is left; without a budget
 * nothing does.
 */
export function unlimitedTurns(): TurnPolicy<TurnLimitState> {
  return limitedTurns({ name: 'unlimited', limit: Infinity, reminders: 'off' });
}
