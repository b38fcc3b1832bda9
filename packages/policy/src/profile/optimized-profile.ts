import type { Clock } from '@tollgate/sdk';
import { modelsOf } from '../optimize/policy-expression.ts';
import type { OptimizedPolicy } from '../optimize/optimize-policy.ts';
import type { Profile } from './profile.ts';

/** Days for which a profile is taken for granted. */
export const profileDays = 30;

/** The profile of an optimised policy. Valid for 30 days. */
export function optimizedProfile(
  { chosen, heldOut, searched }: OptimizedPolicy,
  about: { readonly source: string; readonly clock: Clock },
): Profile {
  const now = about.clock.now();
  return {
    kind: 'tollgate-profile',
    version: 1,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + profileDays * 86_400_000).toISOString(),
    source: about.source,
    models: modelsOf(chosen.expression),
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
