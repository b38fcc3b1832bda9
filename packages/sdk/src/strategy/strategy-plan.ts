import type { AnswerKey } from '../spec/answer-key.ts';
import type { Model } from '../spec/model.ts';
import type { Scorer } from '../spec/scorer.ts';
import type { Signal } from '../spec/signal.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import type { StrategyMemory } from './strategy-memory.ts';

/** A core whose kind of state is nobody's business but its own. */
// oxlint-disable-next-line no-explicit-any -- State occurs as argument and result, so only `any` holds every core
export type AnyStrategyCore = StrategyCore<any>;

/** What a strategy is made of: enough to run it on models or to replay it on a table. */
export interface StrategyPlan {
  readonly core: AnyStrategyCore;
  readonly sources: readonly Model[];
  readonly scorers: readonly Scorer[];
  readonly answer: AnswerKey;
  /** Read off every candidate, beside what the engine measured. */
  readonly signals: readonly Signal[];
  // oxlint-disable-next-line no-explicit-any -- belongs to the core, whose kind of state is its own business
  readonly memory?: StrategyMemory<any>;
}

const planKey = Symbol.for('tollgate.strategy-plan');

/** Attaches the plan that a model was made from. */
export function withPlan<M extends Model>(model: M, plan: StrategyPlan): M {
  Object.defineProperty(model, planKey, { value: plan });
  return model;
}

/** The plan a strategy was made from, or undefined for a model that is not a strategy. */
export function strategyOf(model: Model): StrategyPlan | undefined {
  return (model as { readonly [planKey]?: StrategyPlan })[planKey];
}
