import { InvalidOptionError, type Model } from '@tollgate/sdk';
import { buildPolicy, type BuildPolicyOptions } from '../optimize/build-policy.ts';
import type { Profile } from './profile.ts';

/** Options of `fromProfile`. */
export type FromProfileOptions = Omit<BuildPolicyOptions, 'models'>;

/**
 * Makes a model of the policy in a profile: the same that `tollgate solve --profile` runs.
 *
 * @param models By the names that the profile uses.
 * @throws InvalidOptionError when the profile has no policy, or uses a model or scorer that is not given.
 *
 * @example
 * const model = fromProfile(loadProfile('profile.json'), { small: local, big: hosted }, { answer: finalNumber() });
 */
export function fromProfile(
  profile: Profile,
  models: { readonly [name: string]: Model },
  options: FromProfileOptions = {},
): Model {
  return buildPolicy(policyOf(profile).expression, { ...options, models });
}

/** @throws InvalidOptionError for a profile without a policy. */
export function policyOf({ policy, source }: Profile): NonNullable<Profile['policy']> {
  if (policy !== undefined) return policy;
  throw new InvalidOptionError(
    'profile',
    `The profile of ${source} holds thresholds and no policy. Make one with: tollgate optimize LOGS --out profile.json`,
  );
}
