import type { Account, Slice } from './account.ts';
import type { AccountBook } from './account-book.ts';
import type { Claimed } from './decide-admission.ts';
import type { Claim } from './limit-book.ts';
import type { Balance } from './store.ts';

/** A limit that counts an attempt, with what it counts at hand. */
export class OpenClaim implements Claimed {
  readonly claim: Claim;
  readonly #account: Account;
  /** Where the attempt itself is counted. */
  readonly #slice: Slice;
  /** No other slice counts. */
  readonly #isAlone: boolean;
  readonly #book: AccountBook;

  constructor(claim: Claim, account: Account, book: AccountBook) {
    this.claim = claim;
    this.#account = account;
    this.#slice = account.slice(claim.span.slice);
    this.#isAlone = claim.span.from === claim.span.to;
    this.#book = book;
  }

  get settled(): bigint {
    return this.#sums().settled;
  }

  get held(): bigint {
    return this.#sums().held;
  }

  get overrun(): bigint {
    return this.#sums().overrun;
  }

  /** Whether an amount of its dimension is free. */
  fits(amount: bigint): boolean {
    const { soft, cap } = this.claim.limit;
    if (soft) return true;
    const { settled, held } = this.#sums();
    return cap - settled - held >= amount;
  }

  add(change: Balance): void {
    const slice = this.#slice;
    if (this.#isAlone) slice.add(change);
    else this.#account.add(slice, change);
    if (!slice.isChanged) this.#book.touch(slice);
  }

  /** Whether a soft limit was reached that was not told of in this window; from now on it was. */
  reachesSoftLimit(): boolean {
    const { limit, span } = this.claim;
    if (this.settled < limit.cap || this.#account.slices(span).some(({ told }) => told)) return false;
    this.#slice.told = true;
    this.#book.touch(this.#slice);
    return true;
  }

  #sums(): Balance {
    return this.#isAlone ? this.#slice : this.#account.sums(this.claim.span);
  }
}
