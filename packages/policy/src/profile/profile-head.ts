import type { Clock } from '@tollgate/sdk';
import type { Profile } from './profile.ts';

/** Days for which a profile is taken for granted. */
export const profileDays = 30;

/** What every profile begins with. Valid for 30 days. */
export function profileHead(about: {
  readonly source: string;
  readonly models: readonly string[];
  readonly clock: Clock;
}): Omit<Profile, 'thresholds'> {
  const now = about.clock.now();
  return {
    kind: 'tollgate-profile',
    version: 1,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + profileDays * 86_400_000).toISOString(),
    source: about.source,
    models: about.models,
  };
}
