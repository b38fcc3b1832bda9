import type { CachePolicy } from './cache-policy.ts';
import { leastOf } from './least-of.ts';
import { requireCapacity } from './require-capacity.ts';

interface Entry {
  readonly usd: number;
  readonly size: number;
  readonly frequency: number;
  readonly priority: number;
}

/**
 * Greedy dual size frequency: priority = clock + requests · cost / size. The least goes, and the clock moves up to it, so
 * that what was once dear grows old. Takes everything new that fits; ties go by key, the smaller one first.
 *
 * Takes time in proportion to what is kept for each answer that has to go.
 *
 * @param capacity Room for all entries, in the unit of their size. Range (0, ∞].
 * @throws InvalidOptionError unless `capacity` is above 0.
 *
 * @example
 * withResponseCache(model, { policy: gdsfPolicy(16 * 2 ** 20) });
 */
// Source: Cherkasova 1998, GDSF. An entry that comes back after it was evicted starts with one request again.
export function gdsfPolicy(capacity: number): CachePolicy {
  requireCapacity('capacity', capacity);
  const entries = new Map<string, Entry>();
  let clock = 0;
  let used = 0;
  const put = (key: string, entry: Omit<Entry, 'priority'>): void => {
    entries.set(key, { ...entry, priority: clock + (entry.frequency * entry.usd) / entry.size });
  };
  const drop = (key: string): void => {
    used -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    request: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) put(key, { ...entry, frequency: entry.frequency + 1 });
    },
    offer: (key, { usd, size }) => {
      const before = entries.get(key);
      drop(key);
      if (size > capacity) return { kept: false, evicted: before === undefined ? [] : [key] };
      const evicted: string[] = [];
      while (used + size > capacity) {
        const least = leastOf(entries);
        if (least === undefined) break;
        const [leaver, { priority }] = least;
        clock = priority;
        drop(leaver);
        evicted.push(leaver);
      }
      put(key, { usd, size, frequency: before?.frequency ?? 1 });
      used += size;
      return { kept: true, evicted };
    },
    drop,
  };
}
