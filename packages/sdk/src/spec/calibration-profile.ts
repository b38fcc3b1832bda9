import type { ModelRef } from './pricing.ts';
import type { CalibrationClaim } from './result.ts';

/** What a threshold was measured on, and until when it may be taken for granted. */
export interface CalibrationProvenance {
  /** Whose answers were labelled. */
  readonly model: ModelRef;
  /** Identity of the prompt, any hash of the caller's. Absent where the threshold is meant for every prompt. */
  readonly promptHash?: string;
  /** ISO 8601 time of the calibration. */
  readonly createdAt: string;
  /** ISO 8601 time from which on it has to be measured again. */
  readonly expiresAt: string;
}

/** A threshold that was chosen on labelled calls. */
export interface CalibratedThreshold {
  /** The signal it applies to, for example `vote-share`. */
  readonly signal: string;
  /** The source it was measured on. */
  readonly source: string;
  /** Accept where the signal is at least this. */
  readonly threshold: number;
  readonly claim: CalibrationClaim;
  /** Absent where nobody wrote it down: then nobody can say whether it fits. */
  readonly provenance?: CalibrationProvenance;
}

/** What was learned from a user's own calls, as a file. Refused by readers of another version. */
export interface CalibrationProfile {
  readonly kind: 'tollgate-profile';
  readonly version: 1;
  /** ISO 8601 date of the calibration. */
  readonly createdAt: string;
  readonly thresholds: readonly CalibratedThreshold[];
}
