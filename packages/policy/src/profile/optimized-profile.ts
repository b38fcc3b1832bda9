import type { Clock } from '@tollgate/sdk';
import { modelsOf } from '../optimize/policy-expression.ts';
import type { OptimizedPolicy } from '../optimize/optimize-policy.ts';
import { profileHead } from './profile-head.ts';
import type { Profile } from './profile.ts';

/** The profile of an optimised policy. Valid for 30 days. */
export function optimizedProfile(
  { chosen, heldOut, searched }: OptimizedPolicy,
  about: { readonly source: string; readonly clock: Clock },
): Profile {
  return {
    ...profileHead({ ...about, models: modelsOf(chosen.expression) }),
    thresholds: [],
    policy: {
      ...chosen,
      heldOut: {
        tasks: searched.heldOutTasks,
        accuracy: heldOut.accuracy,
        accuracyCi95: heldOut.accuracyCi95,
        usdPerTask: heldOut.usdPerTask,
        usdPerTaskCi95: heldOut.usdPerTaskCi95,
      },
    },
  };
}
