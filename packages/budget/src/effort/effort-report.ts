import type { EffortLevel } from '@tollgate/sdk';
import type { FractionRecord } from './effort-state.ts';

/** What came of one fraction. */
export interface FractionReport {
  readonly fraction: number;
  /** Calls of known length that were steered to it. */
  readonly calls: number;
  /** Their mean length as a fraction of the average at the time of each. */
  readonly measured: number;
  /** `measured / fraction`: 1 where the model reasons as much as asked. */
  readonly ratio: number;
  /** Share of the calls that reasoned no longer than asked. */
  readonly complied: number;
  /** Calls that were graded (`reportCorrect`), and the share of those that were correct. */
  readonly graded: number;
  readonly correct?: number;
  /** Share of graded calls that were correct and complied: the reward of Adaptive Effort Control, as a metric. */
  readonly rewarded?: number;
}

/** What is known of one model and class. */
export interface EffortReport {
  /** `provider/modelId`. */
  readonly model: string;
  readonly taskClass: string;
  /** Reasoning tokens of an average call at the reference. */
  readonly baselineTokens: number;
  /** Calls that the baseline rests on; 0 where it is a prior. */
  readonly referenceCalls: number;
  /** Attempts whose reasoning the provider did not count. They are in no other number here. */
  readonly unknown: number;
  /** Mean length of each level that was used, as a fraction of the baseline. */
  readonly gains: { readonly [level in EffortLevel]?: number };
  /** By rising fraction. */
  readonly fractions: readonly FractionReport[];
}

/** The means of what was counted. */
export function fractionReport(
  fraction: number,
  { calls, measured, complied, graded, correct, rewarded }: FractionRecord,
): FractionReport {
  const mean = calls === 0 ? 0 : measured / calls;
  return {
    fraction,
    calls,
    measured: mean,
    ratio: mean / fraction,
    complied: calls === 0 ? 0 : complied / calls,
    graded,
    ...(graded > 0 && { correct: correct / graded, rewarded: rewarded / graded }),
  };
}
