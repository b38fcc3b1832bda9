import type { CachePolicy } from '@tollgate/router';

/** The baseline: keeps what is asked for most, whatever it costs; of as many requests what is kept already. */
export function lfuPolicy(capacity: number): CachePolicy {
  const requests = new Map<string, number>();
  const kept = new Set<string>();
  const countOf = (key: string): number => requests.get(key) ?? 0;
  return {
    request: (key) => void requests.set(key, countOf(key) + 1),
    offer: (key) => {
      if (kept.has(key)) return { kept: true, evicted: [] };
      if (kept.size < capacity) {
        kept.add(key);
        return { kept: true, evicted: [] };
      }
      const [first = '', ...others] = kept;
      const least = others.reduce((a, b) => (countOf(b) < countOf(a) ? b : a), first);
      if (countOf(least) >= countOf(key)) return { kept: false, evicted: [] };
      kept.delete(least);
      kept.add(key);
      return { kept: true, evicted: [least] };
    },
    drop: (key) => void kept.delete(key),
  };
}
