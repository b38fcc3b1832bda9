import type { EffortLevel } from '@tollgate/sdk';
import type { ReasoningLengths } from './reasoning-lengths.ts';

/** What came of the calls that asked for one fraction. */
export interface FractionRecord {
  /** Calls of known length. */
  readonly calls: number;
  /** Sum of their lengths, each as a fraction of the average at the time of the call. */
  readonly measured: number;
  /** Calls that reasoned no longer than asked. */
  readonly complied: number;
  /** Calls that somebody graded, those that were correct, and those that were correct and complied. */
  readonly graded: number;
  readonly correct: number;
  readonly rewarded: number;
}

/** What is known of one model and class of tasks. */
export interface EffortRecord {
  /** `provider/modelId`. */
  readonly model: string;
  readonly taskClass: string;
  /** Calls that ran as the model would by itself: the baseline. */
  readonly reference: ReasoningLengths;
  readonly levels: { readonly [level in EffortLevel]?: ReasoningLengths };
  /** By fraction, in hundredths. */
  readonly fractions: { readonly [hundredths: string]: FractionRecord };
  /** Attempts whose provider did not say how long they reasoned. */
  readonly unknown: number;
  /** Calls that were steered. */
  readonly steered: number;
}

/** All that an effort controller has learned. Plain JSON. */
export interface EffortState {
  readonly kind: 'tollgate-effort';
  readonly version: 1;
  readonly records: readonly EffortRecord[];
}

export const noCalls: FractionRecord = { calls: 0, measured: 0, complied: 0, graded: 0, correct: 0, rewarded: 0 };

export function noRecord(model: string, taskClass: string): EffortRecord {
  return {
    model,
    taskClass,
    reference: { calls: 0, ended: 0, tokens: 0, longest: 0 },
    levels: {},
    fractions: {},
    unknown: 0,
    steered: 0,
  };
}
