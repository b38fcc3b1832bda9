import { InvalidOptionError } from '@tollgate/sdk';
import { requireFraction } from '../calibration/require-fraction.ts';

/** Options of `startDriftWatch`. */
export interface DriftWatchOptions {
  /** How often the event may happen, for example the risk that was promised. Range (0, 1). */
  readonly rate: number;
  /**
   * Observations until a false alarm, on the average, while all is well. 100 false alarms in a million observations are
   * 10,000. Range [1, ∞).
   */
  readonly observationsPerFalseAlarm: number;
}

/** What a watch has seen. Plain JSON: store it, and go on from it. */
export interface DriftWatch extends DriftWatchOptions {
  readonly observations: number;
  readonly events: number;
  /** Evidence against the rate, for each of the worse rates that are looked for. */
  readonly evidence: readonly number[];
  /** The event has become more frequent. Stays so: calibrate anew, then start a new watch. */
  readonly alarmed: boolean;
}

/** Odds of the rates looked for, in multiples of the odds of the rate that is promised. */
const ODDS = [1.5, 2, 4, 8];

// Source: Shiryaev-Roberts detection as a sum of e-processes, one for each moment at which the change may have come
// (arXiv 2203.03532). Rule: M ← (M + 1) · likelihood ratio, averaged over worse rates; alarm at M ≥ observations per false alarm.
/**
 * Watches whether an event becomes more frequent than it may be: wrong answers among the accepted ones that somebody
 * graded, scores below what used to be their lowest tenth, answers on which a judge abstains.
 *
 * While the event is no more frequent than `rate`, whatever came before, a false alarm takes at least
 * `observationsPerFalseAlarm` observations on the average, and looking after each of them costs nothing. A rate that was
 * itself estimated needs its upper bound here (`clopperPearsonUpperBound`).
 *
 * @throws InvalidOptionError when an option is outside its range.
 * @example
 * let watch = startDriftWatch({ rate: 0.05, observationsPerFalseAlarm: 10_000 });
 * for (const { correct } of graded) watch = observeDrift(watch, !correct);
 * if (watch.alarmed) console.log(`more than 5 % wrong: ${watch.events} of ${watch.observations}`);
 */
export function startDriftWatch({ rate, observationsPerFalseAlarm }: DriftWatchOptions): DriftWatch {
  requireFraction('rate', rate);
  if (!(observationsPerFalseAlarm >= 1 && observationsPerFalseAlarm < Infinity)) {
    throw new InvalidOptionError(
      'observationsPerFalseAlarm',
      `observationsPerFalseAlarm must be a number in [1, ∞), received ${observationsPerFalseAlarm}.`,
    );
  }
  return { rate, observationsPerFalseAlarm, observations: 0, events: 0, evidence: ODDS.map(() => 0), alarmed: false };
}

/** The watch after one more observation. An alarm ends it: later observations change nothing. */
export function observeDrift(watch: DriftWatch, happened: boolean): DriftWatch {
  if (watch.alarmed) return watch;
  const { rate } = watch;
  const evidence = watch.evidence.map((sum, i) => {
    const factor = ODDS[i] ?? 1;
    // Of a rate r with `factor` times the odds: r / rate where it happened, (1 − r) / (1 − rate) where not.
    const likelihoodRatio = (happened ? factor : 1) / (1 - rate + rate * factor);
    return (sum + 1) * likelihoodRatio;
  });
  const mean = evidence.reduce((total, value) => total + value, 0) / evidence.length;
  return {
    ...watch,
    observations: watch.observations + 1,
    events: watch.events + Number(happened),
    evidence,
    alarmed: mean >= watch.observationsPerFalseAlarm,
  };
}
