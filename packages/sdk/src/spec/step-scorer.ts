import type { CallContext } from './context.ts';
import type { GenerateRequest } from './request.ts';
import type { Charge } from './result.ts';

/** Scores of steps and what they cost. */
export interface StepScores {
  /** One score a step, in order. Range [0, 1]. */
  readonly scores: readonly number[];
  readonly charges: readonly Charge[];
}

/** A process reward: judges a partial answer step by step. */
export interface StepScorer {
  readonly name: string;
  score(input: {
    readonly request: GenerateRequest;
    readonly steps: readonly string[];
    readonly context: CallContext;
  }): Promise<StepScores>;
}
