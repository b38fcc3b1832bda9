import type { EffortLevel, ModelRef } from '@tollgate/sdk';
import type { EffortReport } from './effort-report.ts';
import type { EffortState } from './effort-state.ts';
import type { ReasoningLength } from './reasoning-lengths.ts';

/** A call that wants to know how much to think. */
export interface EffortAsk {
  readonly model: ModelRef;
  readonly taskClass: string;
  /** Range [0.01, 2]. */
  readonly fraction: number;
  /** Levels that the model takes, in rising order. */
  readonly efforts: readonly EffortLevel[];
  /** The engine ends the reasoning, and not the answer, at `maxReasoningTokens`. */
  readonly reasoningCap: boolean;
  /** The caller's own level, which is kept: the call is capped and observed, not steered. */
  readonly effort?: EffortLevel | undefined;
  /** What an earlier call of the same conversation got, which is kept too. */
  readonly kept?: { readonly effort: EffortLevel | undefined } | undefined;
}

/** How a call is to be asked. One `observe` ends it. */
export interface EffortPlan {
  /** The level to send; absent where nothing is said. */
  readonly effort?: EffortLevel;
  /** Reasoning tokens of one sample at most, where the engine ends reasoning there. */
  readonly maxReasoningTokens?: number;
  /** Output tokens of one sample at most, reasoning included, everywhere else. */
  readonly maxOutputTokens?: number;
  /** The average that the fraction is of. */
  readonly baselineTokens: number;
  /** `reference`: run as the model would by itself, to learn. `level`, `cap`: steered by one. `kept`: the caller's own. `none`: the model has no lever, and is only capped. */
  readonly by: 'reference' | 'level' | 'cap' | 'kept' | 'none';
}

/** What a call turned out to be. */
export interface EffortObservation {
  /** One for each attempt whose length is known. */
  readonly lengths: readonly ReasoningLength[];
  /** Attempts whose length is not known. @defaultValue 0 */
  readonly unknown?: number;
  /** Names the call for `reportCorrect`. */
  readonly resultId?: string;
}

/** Learns how long models reason, and how to make them reason for a fraction of it. */
export interface EffortController {
  /**
   * How to ask for a fraction. For one state, a larger fraction never gives a lower level or cap.
   *
   * @throws InvalidOptionError when the fraction is outside [0.01, 2].
   */
  plan(ask: EffortAsk): EffortPlan;
  /** Tells what came of a plan. The second time is ignored. */
  observe(plan: EffortPlan, observation: EffortObservation): void;
  /** A verdict, then or later, on a call by the id of its result (`result.trace.id`). Says whether the call is known: the last 10,000 are. */
  reportCorrect(verdict: { readonly resultId: string; readonly correct: boolean }): boolean;
  /** One entry for each model and class, in the order in which they were first asked. */
  report(): readonly EffortReport[];
  /** All that was learned, for `effortController({ state })`. What is in flight is not in it. */
  state(): EffortState;
}
