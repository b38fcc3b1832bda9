import type { DifficultyTable, MultiplexerState } from '@tollgate/router';
import type { CalibrationProfile } from '@tollgate/sdk';
import type { PolicyExpression } from '../optimize/policy-expression.ts';

/** What was learned from a user's own logs, as a file: thresholds that promise something, a policy, or both. */
export interface Profile extends CalibrationProfile {
  /** ISO 8601 time from which on it should be made again. */
  readonly expiresAt: string;
  /** What the logs were called. */
  readonly source: string;
  /** Names of the models that it is about. */
  readonly models: readonly string[];
  /** Of `optimize`: the chosen policy, and its figures on tasks that it was not chosen on. */
  readonly policy?: {
    readonly name: string;
    readonly expression: PolicyExpression;
    readonly heldOut: {
      readonly tasks: number;
      readonly accuracy: number;
      readonly accuracyCi95: readonly [number, number];
      readonly usdPerTask: number;
      readonly usdPerTaskCi95: readonly [number, number];
    };
  };
  /** Of `calibrate`: who passes what, for `multiplex`. */
  readonly multiplexer?: MultiplexerState;
  /** Of `calibrate`: what to do by difficulty, for `adaptive`, with models in the order of `models`. */
  readonly difficulty?: DifficultyTable;
}
