import type { TurnPolicy } from '@tollgate/sdk';
import { checkTurns } from './check-turns.ts';
import { limitedTurns, type TurnLimitState } from './limited-turns.ts';
import { type LearnedLimit, learnedLimit, type TurnHistory } from './turn-history.ts';
import { checkReminders, defaultReminders, type TurnReminders } from './turn-reminders.ts';

/** A number of turns, or a percentile of what runs took. */
export type FixedTurnsOptions = (
  | {
      /** Turns of work. Whole number in [1, ∞). */
      readonly turns: number;
    }
  | {
      readonly history: TurnHistory;
      /** Share of runs that the limit lets end by themselves. Range [0, 1]. @defaultValue 0.75 */
      readonly percentile?: number;
      /** Turns while fewer than 20 runs are complete. Whole number in [1, ∞). @defaultValue 20 */
      readonly coldStart?: number;
    }
) & {
  /** @defaultValue { last: 3 } */
  readonly reminders?: TurnReminders;
};

// Source: Gao and Peng 2025 (arXiv 2510.16786), the fixed limit: the 75th percentile saved 24-68 % at −5 to +3 % solved.
/**
 * So many turns of work, then a closing turn that asks for what there is.
 *
 * @throws InvalidOptionError for options out of range.
 * @example
 * fixedTurns({ turns: 20 });
 * fixedTurns({ history: turnHistory(records, { model: 'gpt-6-luna' }), percentile: 0.75, reminders: 'every' });
 */
export function fixedTurns(options: FixedTurnsOptions): TurnPolicy<TurnLimitState> {
  const { reminders = defaultReminders } = options;
  checkReminders(reminders);
  const { turns: limit, source } = limitOf(options);
  return limitedTurns({ name: `fixed ${limit}${source === '' ? '' : `, ${source}`}`, limit, reminders });
}

function limitOf(options: FixedTurnsOptions): LearnedLimit {
  if ('history' in options) {
    return learnedLimit(options.history, {
      percentile: options.percentile ?? 0.75,
      coldStart: options.coldStart ?? 20,
    });
  }
  checkTurns('turns', options.turns);
  return { turns: options.turns, source: '' };
}
