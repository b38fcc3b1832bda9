import { TollgateError } from '../../errors/tollgate-error.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { failureOf, same } from './expectations.ts';

/** The end of a model. It comes last: nothing can be asked of the model after it. */
export const closeCase: ConformanceCase = {
  name: 'a model that is closed refuses, and can be closed again',
  gap: ({ model }) => (model.close === undefined ? 'it holds nothing and has no close' : undefined),
  run: async ({ model, ask, seen }) => {
    await model.close?.();
    await model.close?.();
    const error = await failureOf(model.generate(ask()), 'the call of a closed model');
    same(TollgateError.isInstance(error) ? error.code : error, 'closed', 'the code of the error');
    same(seen.length, 0, 'requests that were sent');
  },
};
