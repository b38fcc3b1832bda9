import type { CachePolicy } from './cache-policy.ts';
import { leastOf, type Priced } from './least-of.ts';
import { requireCapacity } from './require-capacity.ts';

/** What is known of a request. */
interface Known {
  requests: number;
  /** How often its answer was made, and what that cost on average. */
  made: number;
  usd: number;
  size: number;
}

interface Kept extends Priced {
  readonly size: number;
}

/** Requests that are remembered for each answer that is kept. */
const remembered = 10;

/**
 * Least expected cost: keeps the answers with the largest requests · mean cost / size. A new answer takes a place only from
 * those that are worth strictly less, and nothing ages. With answers of one size this is the published rule.
 *
 * About ten times as many requests are remembered as there are answers kept; beyond that those worth least are forgotten.
 * Takes time in proportion to what is kept for each answer that has to go.
 *
 * @param capacity Room for all entries, in the unit of their size. Range (0, ∞].
 * @throws InvalidOptionError unless `capacity` is above 0.
 *
 * @example
 * withResponseCache(model, { policy: lecPolicy(16 * 2 ** 20) });
 */
// Source: arXiv 2306.02003, online LEC. Rule: replace the least P̂·Ĉ of what is kept iff that of the new one is larger.
// Differs: worth is taken per unit of size.
export function lecPolicy(capacity: number): CachePolicy {
  requireCapacity('capacity', capacity);
  const known = new Map<string, Known>();
  const kept = new Map<string, Kept>();
  let used = 0;
  const drop = (key: string): void => {
    used -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  const forget = (): void => {
    if (known.size <= remembered * Math.max(16, kept.size)) return;
    const others = [...known].filter(([key]) => !kept.has(key)).toSorted(([, a], [, b]) => worth(a) - worth(b));
    for (const [key] of others.slice(0, Math.ceil(others.length / 2))) known.delete(key);
  };
  return {
    request: (key) => {
      const entry = known.get(key) ?? { requests: 0, made: 0, usd: 0, size: 1 };
      entry.requests += 1;
      known.set(key, entry);
      if (kept.has(key)) kept.set(key, { priority: worth(entry), size: entry.size });
      else forget();
    },
    offer: (key, { usd, size }) => {
      const entry = known.get(key) ?? { requests: 1, made: 0, usd: 0, size };
      entry.made += 1;
      entry.usd += (usd - entry.usd) / entry.made;
      entry.size = size;
      known.set(key, entry);
      const wasKept = kept.has(key);
      drop(key);
      const leavers = leaversFor({ kept, room: capacity - used, size, priority: worth(entry) });
      if (leavers === undefined) return { kept: false, evicted: wasKept ? [key] : [] };
      for (const leaver of leavers) drop(leaver);
      kept.set(key, { priority: worth(entry), size });
      used += size;
      return { kept: true, evicted: leavers };
    },
    drop,
  };
}

function worth({ requests, usd, size }: Known): number {
  return (requests * usd) / size;
}

/** Who goes to make room for an entry; undefined where that takes one that is worth as much. */
function leaversFor(entry: {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly room: number;
  readonly size: number;
  readonly priority: number;
}): readonly string[] | undefined {
  let { room } = entry;
  if (room >= entry.size) return [];
  const rest = new Map(entry.kept);
  const leavers: string[] = [];
  while (room < entry.size) {
    const least = leastOf(rest);
    if (least === undefined || least[1].priority >= entry.priority) return undefined;
    const [leaver, { size }] = least;
    rest.delete(leaver);
    leavers.push(leaver);
    room += size;
  }
  return leavers;
}
