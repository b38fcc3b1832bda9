import { type Interval, wilsonInterval } from '@tollgate/stats';

/** A share that was counted. */
export interface MeasuredRate {
  /** Range [0, 1]. Absent where there was nothing to count among. */
  readonly rate?: number;
  readonly events: number;
  /** What the events were counted among. */
  readonly of: number;
  /** Wilson's interval, for display. */
  readonly interval95: Interval;
}

export function measuredRate(events: number, of: number): MeasuredRate {
  return { ...(of > 0 && { rate: events / of }), events, of, interval95: wilsonInterval(events, of) };
}
