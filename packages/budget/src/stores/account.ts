import type { WindowSpan } from '../ledger/window.ts';
import type { Balance, LimitKey } from './store.ts';
import { Sums } from './sums.ts';

/** Names an account: the id of the scope, whether a limit of its own counts it or one on `each`. */
export type AccountKey = LimitKey;

/** What an account counts in one slice of its window. */
export class Slice extends Sums {
  readonly account: Account;
  readonly start: number;
  /** A soft limit on it was told of. */
  told = false;
  /** Changed since it was last taken to be written down. */
  isChanged = false;

  constructor(account: Account, start: number) {
    super();
    this.account = account;
    this.start = start;
  }
}

/** What one limit counts for one id. */
export class Account {
  readonly key: AccountKey;
  /** By their start. */
  readonly #slices: Slice[] = [];
  /** Sums over the slices that counted when somebody last asked, kept up since. */
  #window: { readonly from: number; readonly to: number; readonly sums: Sums } | undefined;

  constructor(key: AccountKey) {
    this.key = key;
  }

  /** The slice of a start, made now where there is none. */
  slice(start: number): Slice {
    const slices = this.#slices;
    let place = slices.length;
    for (; place > 0; place -= 1) {
      const slice = slices[place - 1] as Slice;
      if (slice.start === start) return slice;
      if (slice.start < start) break;
    }
    const slice = new Slice(this, start);
    slices.splice(place, 0, slice);
    return slice;
  }

  /** All slices, or those that a span counts, by their start. */
  slices({ from, to }: Pick<WindowSpan, 'from' | 'to'> = always): readonly Slice[] {
    // The newest count, of however many there are.
    let first = this.#slices.length;
    while (first > 0 && (this.#slices[first - 1] as Slice).start >= from) first -= 1;
    return this.#slices.slice(first).filter(({ start }) => start <= to);
  }

  /** Sums over the slices that a span counts. */
  sums({ from, to }: Pick<WindowSpan, 'from' | 'to'>): Balance {
    if (this.#window?.from !== from || this.#window.to !== to) {
      const sums = new Sums();
      for (const slice of this.slices({ from, to })) sums.add(slice);
      this.#window = { from, to, sums };
    }
    return this.#window.sums;
  }

  /** Adds to one of its slices. */
  add(slice: Slice, change: Balance): void {
    slice.add(change);
    const window = this.#window;
    if (window !== undefined && slice.start >= window.from && slice.start <= window.to) window.sums.add(change);
  }

  clear(): void {
    this.#slices.length = 0;
    this.#window = undefined;
  }
}

const always = { from: -Infinity, to: Infinity };
