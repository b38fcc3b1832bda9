import type { CalibrationClaim } from './result.ts';

/** A threshold that was chosen on labelled calls. */
export interface CalibratedThreshold {
  /** The signal it applies to, for example `vote-share`. */
  readonly signal: string;
  /** The source it was measured on. */
  readonly source: string;
  /** Accept where the signal is at least this. */
  readonly threshold: number;
  readonly claim: CalibrationClaim;
}

/** What was learned from a user's own calls, as a file. Refused by readers of another version. */
export interface CalibrationProfile {
  readonly kind: 'tollgate-profile';
  readonly version: 1;
  /** ISO 8601 date of the calibration. */
  readonly createdAt: string;
  readonly thresholds: readonly CalibratedThreshold[];
}
