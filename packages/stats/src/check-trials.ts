import { outOfRange } from './out-of-range.ts';

/** @throws RangeError unless both are whole numbers with 0 ≤ successes ≤ trials. */
export function checkTrials(successes: number, trials: number): void {
  if (!Number.isSafeInteger(trials) || trials < 0) throw outOfRange('trials', 'a whole number of at least 0', trials);
  if (!Number.isSafeInteger(successes) || successes < 0 || successes > trials) {
    throw outOfRange('successes', `a whole number in [0, ${trials}]`, successes);
  }
}
