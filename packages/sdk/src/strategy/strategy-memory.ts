import type { JsonValue } from '../spec/json.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';

/** A run of a strategy that has decided. */
export interface DecidedRun<State> {
  readonly request: GenerateRequest;
  /** What the core knew at its end. */
  readonly state: State;
  readonly result: GenerateResult;
}

/**
 * What a strategy learns from one run for the next. The core stays a pure function: it is told what was learned
 * (`TaskView.learned`) and never looks it up.
 *
 * What is learned must not be an answer: a run may only depend on earlier ones through measurements of sources and scorers.
 */
export interface StrategyMemory<State> {
  /** What is known when a run begins; undefined while nothing is. */
  recall(request: GenerateRequest): JsonValue | undefined;
  /** Called once for each run that decides; not for one that was aborted or failed. */
  learn(run: DecidedRun<State>): void;
}
