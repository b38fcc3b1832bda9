import type { ScopePair } from '../ledger/scope-pair.ts';
import type { Account, AccountKey, Slice } from './account.ts';
import type { LimitBook } from './limit-book.ts';
import { OpenClaim } from './open-claim.ts';
import { Plan } from './plan.ts';
import type { HoldAsk } from './store.ts';

/** Plans at hand, at most: those of tasks come and go, and rows keep their scopes. */
const mostPlans = 50_000;

/** The accounts of a store at hand, read when first needed. */
export class AccountBook {
  readonly #read: (key: AccountKey) => Account;
  readonly #accounts = new Map<string, Account>();
  #plans = new WeakMap<readonly ScopePair[], Plan>();
  #planCount = 0;
  #changed: Slice[] = [];

  constructor(read: (key: AccountKey) => Account) {
    this.#read = read;
  }

  /** What counts an attempt with these scopes at a moment. */
  plan(limits: LimitBook, { scopes, paid }: Pick<HoldAsk, 'scopes' | 'paid'>, atMs: number): Plan {
    const known = this.#plans.get(scopes);
    if (known?.holds(limits, paid, atMs) === true) return known;
    const claims = limits.claims({ scopes, paid }, atMs).map((claim) => {
      const { dimension, per } = claim.limit;
      return new OpenClaim(claim, this.account({ ...claim.scope, dimension, per }), this);
    });
    const plan = new Plan(claims, { limits, paid, missingKind: limits.missingKind(scopes) });
    if (this.#planCount >= mostPlans) this.forgetPlans();
    this.#planCount += 1;
    this.#plans.set(scopes, plan);
    return plan;
  }

  account({ kind, id, dimension, per }: AccountKey): Account {
    const name = JSON.stringify([kind, id, dimension, per]);
    let account = this.#accounts.get(name);
    if (account === undefined) this.#accounts.set(name, (account = this.#read({ kind, id, dimension, per })));
    return account;
  }

  /** Notes that a slice changed. */
  touch(slice: Slice): void {
    if (slice.isChanged) return;
    slice.isChanged = true;
    this.#changed.push(slice);
  }

  /** What changed since it was last asked for. */
  takeChanges(): readonly Slice[] {
    const changed = this.#changed;
    this.#changed = [];
    for (const slice of changed) slice.isChanged = false;
    return changed;
  }

  /** Accounts at hand. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Every account at hand. */
  all(): Iterable<Account> {
    return this.#accounts.values();
  }

  /** Forgets some accounts. */
  forget(which: (key: AccountKey) => boolean): void {
    for (const [name, { key }] of this.#accounts) if (which(key)) this.#accounts.delete(name);
    this.forgetPlans();
  }

  /** Forgets what is at hand. */
  clear(): void {
    this.#accounts.clear();
    this.#changed = [];
    this.forgetPlans();
  }

  /** Forgets which slices attempts are counted in, after accounts were made anew. */
  forgetPlans(): void {
    this.#plans = new WeakMap();
    this.#planCount = 0;
  }
}
