import { InvalidOptionError } from '@tollgate/sdk';
import { requireWhole } from '../scores/require-number.ts';

/** What a comparison came to: which of the pair's texts is better, in the order of the key. */
export type PairOutcome = 'first' | 'second' | 'tie';

/** Options of `createPairwiseCache`. */
export interface PairwiseCacheOptions {
  /** Comparisons kept; the one that was not used for the longest goes first. Whole number in [1, 10,000,000]. @defaultValue 10,000 */
  readonly maxEntries?: number;
  /** What an earlier cache held: its `toJSON()`, also after `JSON.parse`. @defaultValue none */
  readonly entries?: readonly (readonly [key: string, outcome: PairOutcome])[];
}

/**
 * Comparisons that were made, by judge, task and unordered pair of texts. Holds hashes and no text.
 *
 * @example
 * await writeFile('pairs.json', JSON.stringify(cache));
 * const again = createPairwiseCache({ entries: JSON.parse(await readFile('pairs.json', 'utf8')) });
 */
export interface PairwiseCache {
  get(key: string): PairOutcome | undefined;
  set(key: string, outcome: PairOutcome): void;
  /** All comparisons, the one that was not used for the longest first. */
  toJSON(): readonly (readonly [key: string, outcome: PairOutcome])[];
}

/**
 * An empty cache, or one that goes on with the entries of another.
 *
 * @throws InvalidOptionError when `maxEntries` is outside its range or `entries` is not what a cache writes.
 */
export function createPairwiseCache(options: PairwiseCacheOptions = {}): PairwiseCache {
  const { maxEntries = 10_000, entries = [] } = options;
  requireWhole('maxEntries', maxEntries, [1, 10_000_000]);
  const kept = new Map<string, PairOutcome>();
  const cache: PairwiseCache = {
    get: (key) => {
      const outcome = kept.get(key);
      if (outcome !== undefined) cache.set(key, outcome);
      return outcome;
    },
    set: (key, outcome) => {
      kept.delete(key);
      kept.set(key, outcome);
      const [oldest] = kept.keys();
      if (kept.size > maxEntries && oldest !== undefined) kept.delete(oldest);
    },
    toJSON: () => [...kept],
  };
  for (const [i, entry] of entries.entries()) {
    requireEntry(i, entry);
    cache.set(...entry);
  }
  return cache;
}

/** Entries come from files, so their type proves nothing. */
function requireEntry(index: number, entry: unknown): void {
  const [key, outcome] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  if (typeof key === 'string' && (outcome === 'first' || outcome === 'second' || outcome === 'tie')) return;
  throw new InvalidOptionError(
    'entries',
    `entries[${index}] must be a key and "first", "second" or "tie", received ${JSON.stringify(entry)}. Give what the cache's toJSON() gave.`,
  );
}
