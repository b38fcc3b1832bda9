import type { CachePolicy } from './cache-policy.ts';
import { leastOf, requireCapacity } from './gdsf-policy.ts';

interface Known {
  count: number;
  /** Mean cost of making the answer, and of how many times. */
  usd: number;
  made: number;
  size: number;
}

/** Keys that frequencies are remembered of, for each one that is kept. */
const remembered = 10;

/**
 * Least expected cost: keeps the answers with the largest (requests · mean cost of making them) / size. A new answer takes a
 * place only from one that is worth strictly less; nothing ages. With one size this is the published rule.
 *
 * Frequencies of about ten times as many requests as there are answers kept are remembered; beyond that the least
 * worthwhile are forgotten.
 *
 * @param capacity Room for all entries, in their unit. Range (0, ∞).
 */
// Source: arXiv 2306.02003, online LEC: replace the argmin of P̂·Ĉ iff the new one's is larger.
export function lecPolicy(capacity: number): CachePolicy {
  requireCapacity(capacity);
  const known = new Map<string, Known>();
  const kept = new Map<string, { readonly priority: number }>();
  let used = 0;
  const worth = ({ count, usd, size }: Known): number => (count * usd) / size;
  const drop = (key: string): void => {
    if (kept.delete(key)) used -= known.get(key)?.size ?? 0;
  };
  const forget = (): void => {
    if (known.size <= remembered * Math.max(16, kept.size)) return;
    const others = [...known].filter(([key]) => !kept.has(key)).toSorted(([, a], [, b]) => worth(a) - worth(b));
    for (const [key] of others.slice(0, Math.ceil(others.length / 2))) known.delete(key);
  };
  return {
    request: (key) => {
      const entry = known.get(key) ?? { count: 0, usd: 0, made: 0, size: 1 };
      entry.count += 1;
      known.set(key, entry);
      if (kept.has(key)) kept.set(key, { priority: worth(entry) });
      else forget();
    },
    offer: (key, { usd, size }) => {
      const entry = known.get(key) ?? { count: 1, usd: 0, made: 0, size };
      drop(key);
      entry.made += 1;
      entry.usd += (usd - entry.usd) / entry.made;
      entry.size = size;
      known.set(key, entry);
      const own = worth(entry);
      const leaving = new Map<string, number>();
      const rest = new Map(kept);
      let free = capacity - used;
      while (free < size) {
        const least = leastOf(rest);
        if (least === undefined || least.priority >= own) return { kept: false, evicted: [] };
        rest.delete(least.key);
        const freed = known.get(least.key)?.size ?? 0;
        leaving.set(least.key, freed);
        free += freed;
      }
      for (const leaver of leaving.keys()) drop(leaver);
      kept.set(key, { priority: own });
      used += size;
      return { kept: true, evicted: [...leaving.keys()] };
    },
    drop,
  };
}
