/** What a policy is told of an answer that could be kept. */
export interface CacheOffer {
  /** What making it again is expected to cost, in US dollars. Range [0, ∞). */
  readonly usd: number;
  /** Room it takes, in the unit of the capacity. Range (0, ∞). */
  readonly size: number;
}

/** Decides which answers are kept. Holds keys and numbers only, never answers. */
export interface CachePolicy {
  /** A request came, whether or not its answer is kept: frequency counts both. */
  request(key: string): void;
  /**
   * An answer was made and could be kept. `evicted` are the keys that have to go: others, for its sake; or the key itself,
   * where an answer of it was kept until now and is not worth a place any more.
   */
  offer(key: string, offer: CacheOffer): { readonly kept: boolean; readonly evicted: readonly string[] };
  /** Takes a key out. */
  drop(key: string): void;
}
