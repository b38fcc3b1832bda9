import type { Model } from '../spec/model.ts';
import type { SpendGuard } from '../spec/spend-guard.ts';

const guardsKey = Symbol.for('tollgate.guards');

/**
 * The guards that a model puts around each of its calls, outermost last. An agent puts them around its tools as well, so
 * that models which tools ask are held by the same budgets.
 */
export function guardsOf(model: Model): readonly SpendGuard[] {
  return (model as { readonly [guardsKey]?: readonly SpendGuard[] })[guardsKey] ?? [];
}

/** Attaches what `guardsOf` gives for a model. */
export function withGuards<M extends Model>(model: M, guards: readonly SpendGuard[]): M {
  if (guards.length > 0) Object.defineProperty(model, guardsKey, { value: guards });
  return model;
}
