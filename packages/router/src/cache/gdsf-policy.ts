import { InvalidOptionError } from '@tollgate/sdk';
import type { CachePolicy } from './cache-policy.ts';

interface Entry {
  readonly usd: number;
  readonly size: number;
  frequency: number;
  priority: number;
}

/**
 * Greedy dual size frequency: priority = clock + frequency · cost / size; the least goes, and the clock moves up to it, so
 * that what was once dear grows old. Always takes what is new; ties go by key order, the smaller key first.
 *
 * @param capacity Room for all entries, in their unit. Range (0, ∞).
 */
// Source: Cherkasova 1998, GDSF. An entry that comes back starts with frequency 1.
export function gdsfPolicy(capacity: number): CachePolicy {
  requireCapacity(capacity);
  const entries = new Map<string, Entry>();
  let clock = 0;
  let used = 0;
  const drop = (key: string): void => {
    used -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    request: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entry.frequency += 1;
      entry.priority = clock + (entry.frequency * entry.usd) / entry.size;
    },
    offer: (key, { usd, size }) => {
      if (size > capacity) return { kept: false, evicted: [] };
      const evicted: string[] = [];
      drop(key);
      while (used + size > capacity) {
        const least = leastOf(entries);
        if (least === undefined) break;
        clock = least.priority;
        drop(least.key);
        evicted.push(least.key);
      }
      entries.set(key, { usd, size, frequency: 1, priority: clock + usd / size });
      used += size;
      return { kept: true, evicted };
    },
    drop,
  };
}

/** @throws InvalidOptionError unless `capacity` is above 0. */
export function requireCapacity(capacity: number): void {
  if (!(capacity > 0)) throw new InvalidOptionError('capacity', `capacity must be above 0, received ${capacity}.`);
}

/** The entry with the least priority; of equals the one with the smaller key. */
export function leastOf(
  entries: ReadonlyMap<string, { readonly priority: number }>,
): { readonly key: string; readonly priority: number } | undefined {
  let least: { readonly key: string; readonly priority: number } | undefined;
  for (const [key, { priority }] of entries) {
    if (least === undefined || priority < least.priority || (priority === least.priority && key < least.key))
      least = { key, priority };
  }
  return least;
}
