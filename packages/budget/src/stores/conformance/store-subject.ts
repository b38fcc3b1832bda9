import type { Awaitable, Store } from '../store.ts';

/** A store under test. */
export interface StoreSubject {
  /** The one to talk to next; several on one ledger may take turns. */
  store(): Store;
  /** Does what the death of every process would: nothing in memory is left. */
  restart(): Awaitable<void>;
  dispose(): Awaitable<void>;
}
