import {
  buildPolicy,
  defaultStrategies,
  modelsOf,
  policyOf,
  recordedScorers,
  resolveStrategies,
  type StrategySpec,
  type TollgateConfig,
} from '@tollgate/policy';
import { loadProfile } from '@tollgate/policy/node';
import { systemClock } from '@tollgate/sdk';
import type { SolveFlags } from './solve-flags.ts';

/** The strategies that a run was asked for: by name or short form, and the policy of a profile. */
export function namedStrategies(
  { strategy, profile }: Pick<SolveFlags, 'strategy' | 'profile'>,
  pool: { readonly models: readonly string[]; readonly config?: TollgateConfig },
): readonly StrategySpec[] {
  if (profile === undefined) return resolveStrategies(strategy ?? defaultStrategies(pool), pool);
  const loaded = loadProfile(profile);
  const { name, expression } = policyOf(loaded);
  if (Date.parse(loaded.expiresAt) <= systemClock.now()) {
    process.stderr.write(`${profile} is out of date since ${loaded.expiresAt}: make it again from newer logs\n`);
  }
  const policy: StrategySpec = {
    name,
    models: modelsOf(expression),
    oracle: false,
    build: (models, { answer }) => buildPolicy(expression, { models, answer, scorers: recordedScorers(expression) }),
  };
  return [policy, ...resolveStrategies(strategy ?? [], pool)];
}
