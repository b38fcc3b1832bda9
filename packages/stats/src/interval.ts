/** A closed interval of plausible values. */
export interface Interval {
  /** Lower end. May be `-Infinity` where stated. */
  readonly lower: number;
  /** Upper end. May be `Infinity` where stated. */
  readonly upper: number;
}
