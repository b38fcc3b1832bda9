import { outOfRange } from './out-of-range.ts';

/** How long something took, or how long it had taken when it was cut off. */
export interface Duration {
  /** Range [0, ∞). */
  readonly time: number;
  /** It was cut off at `time`: it would have taken longer. */
  readonly censored: boolean;
}

/** One step of a survival curve: the share that takes longer than `time`. */
export interface SurvivalStep {
  readonly time: number;
  /** Range [0, 1]. */
  readonly survival: number;
}

// Source: Kaplan and Meier 1958. Rule: S falls by events / at risk at each time of an event; who is cut off at a time was
// still at risk then.
/**
 * The share of durations longer than each time at which one ended, from durations of which some were cut off. Nothing is said
 * past the last step.
 *
 * @throws RangeError when a time is negative or not finite.
 * @example
 * survivalCurve([{ time: 3, censored: false }, { time: 5, censored: true }, { time: 8, censored: false }]);
 * // [{ time: 3, survival: 2/3 }, { time: 8, survival: 0 }]
 */
export function survivalCurve(durations: readonly Duration[]): readonly SurvivalStep[] {
  for (const { time } of durations) {
    if (!(time >= 0 && time < Infinity)) throw outOfRange('time', 'in [0, ∞)', time);
  }
  const sorted = durations.toSorted((a, b) => a.time - b.time);
  const steps: SurvivalStep[] = [];
  let survival = 1;
  for (let i = 0; i < sorted.length; ) {
    const time = sorted[i]?.time ?? 0;
    const atRisk = sorted.length - i;
    let events = 0;
    for (; i < sorted.length && sorted[i]?.time === time; i += 1) if (sorted[i]?.censored === false) events += 1;
    if (events === 0) continue;
    // The last one at risk ends it at exactly 0.
    survival = events === atRisk ? 0 : survival * (1 - events / atRisk);
    steps.push({ time, survival });
  }
  return steps;
}

/**
 * The `q` quantile of durations of which some were cut off. Without any that were, it is `quantile`.
 *
 * What was cut off counts as longer than its time, by as much as those that went on show (Kaplan-Meier), so leaving it out, or
 * taking it as ended, would give too little. Infinity where the data do not say: too many were cut off before.
 *
 * @param q Range [0, 1].
 * @throws RangeError when there are no durations, a time is negative or not finite, or `q` is outside [0, 1].
 * @example
 * survivalQuantile([{ time: 4, censored: false }, { time: 5, censored: true }, { time: 9, censored: false }], 0.5); // 9
 */
// Differs from Kaplan and Meier: between two times it is interpolated at h = (n − 1)q, as `quantile` does.
export function survivalQuantile(durations: readonly Duration[], q: number): number {
  if (!(q >= 0 && q <= 1)) throw outOfRange('q', 'in [0, 1]', q);
  const size = durations.length;
  if (size === 0) throw outOfRange('durations.length', 'at least 1', 0);
  const wanted = (size - 1) * q;
  let before = { time: 0, at: 0 };
  let ended = 0;
  for (const { time, survival } of survivalCurve(durations)) {
    // A time stands for as many observations in a row as its mass is worth.
    const first = ended;
    ended = size * (1 - survival);
    if (wanted < first - rounding) return between(before, { time, at: first }, wanted);
    before = { time, at: ended - 1 };
    if (wanted <= before.at + rounding) return time;
  }
  return Infinity;
}

const rounding = 1e-9;

function between(
  low: { readonly time: number; readonly at: number },
  high: { readonly time: number; readonly at: number },
  wanted: number,
): number {
  const share = (wanted - low.at) / (high.at - low.at);
  return low.time * (1 - share) + high.time * share;
}
