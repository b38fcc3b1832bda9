import type { Model } from '../spec/model.ts';

/** Set on models that hand the context of a request down to every attempt they make, or hold it themselves. */
export const carriesContext: unique symbol = Symbol.for('tollgate.carries-context') as never;

/** Whether guards in the context of a request reach every attempt of this model. False for a hand-made one. */
export function doesCarryContext(model: Model): boolean {
  return (model as { readonly [carriesContext]?: boolean })[carriesContext] === true;
}
