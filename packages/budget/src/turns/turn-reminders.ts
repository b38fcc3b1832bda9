import { InvalidOptionError } from '@tollgate/sdk';
import { checkTurns } from './check-turns.ts';

/**
 * When the agent is told how many turns are left: on every turn, on the last few, at shares of the limit (`[0.7, 0.9]`: once when
 * 70 % and once when 90 % are used), or never. Countdowns can make a model rush, so fewer may be better.
 */
export type TurnReminders = 'every' | 'off' | { readonly last: number } | { readonly fractions: readonly number[] };

/** The last three turns. */
export const defaultReminders: TurnReminders = { last: 3 };

/** @throws InvalidOptionError for reminders that cannot be meant. */
export function checkReminders(reminders: TurnReminders): void {
  if (reminders === 'every' || reminders === 'off') return;
  if (typeof reminders === 'object' && 'last' in reminders) return checkTurns('reminders.last', reminders.last);
  const fractions: unknown = typeof reminders === 'object' ? reminders.fractions : undefined;
  if (Array.isArray(fractions) && fractions.every((share) => share >= 0 && share < 1)) return;
  throw new InvalidOptionError(
    'reminders',
    `reminders must be 'every', 'off', { last: 3 } or { fractions: [0.7, 0.9] } with shares in [0, 1), received ${JSON.stringify(reminders)}.`,
  );
}

/** What is said before a turn, if anything. `used` is below `limit`. */
export function reminderFor(
  reminders: TurnReminders,
  { used, limit }: { readonly used: number; readonly limit: number },
): string | undefined {
  if (!isTime(reminders, used, limit)) return undefined;
  const left = limit - used;
  const turns = left === 1 ? '1 turn of work is' : `${left} turns of work are`;
  return `${turns} left, this one included. Have something to hand in by then.`;
}

function isTime(reminders: TurnReminders, used: number, limit: number): boolean {
  if (limit === Infinity || reminders === 'off') return false;
  if (reminders === 'every') return true;
  if ('last' in reminders) return limit - used <= reminders.last;
  return reminders.fractions.some((share) => used === Math.ceil(share * limit));
}
