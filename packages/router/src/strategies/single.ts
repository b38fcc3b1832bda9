import { type Action, type Model, runStrategy, type StrategyCore, type StrategyEvent } from '@tollgate/sdk';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import { hasDecided, type WithAction } from './decided.ts';

/** State of `singleCore`. */
export type SingleState = WithAction;

/**
 * One sample of one model, whatever it says: the baseline of every comparison. A stream shows it as it is written.
 *
 * Not accepted where the source is a strategy that did not accept its own answer, or where a budget cut the text.
 */
export function singleCore(): StrategyCore<SingleState> {
  return {
    name: 'single',
    start: () => ({ action: { type: 'draw', from: 0, count: 1, commit: true } }),
    observe: (state, event) => (hasDecided(state) ? state : { action: afterAsking(event) }),
    next: (state) => state.action,
  };
}

/**
 * A model that asks `model` once.
 *
 * @example
 * const baseline = single(small);
 */
export function single(model: Model): Model {
  return runStrategy(singleCore(), { sources: [model] });
}

function afterAsking(event: StrategyEvent): Action {
  const candidate = event.type === 'drawn' ? event.candidates[0] : undefined;
  if (candidate === undefined) return { type: 'stop', reason: 'the only model asked gave nothing' };
  return {
    type: 'accept',
    candidate: candidate.id,
    ...(isDoubtful(candidate) && { accepted: false }),
    ...(candidate.decision?.confidence !== undefined && { confidence: candidate.decision.confidence }),
    reason: 'the only sample of the only model',
  };
}
