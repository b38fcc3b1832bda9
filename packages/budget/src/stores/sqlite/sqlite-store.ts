import { InvalidOptionError, TollgateError } from '@tollgate/sdk';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import { type Durability, openDatabase } from './sqlite-database.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import type {
  Admission,
  AttemptQuery,
  Ended,
  Ending,
  HoldAsk,
  LimitBalance,
  LimitKey,
  Store,
  StoredAttempt,
  StoredLimit,
  StoredOutcome,
  StoredTotals,
} from '../store.ts';

/** Options of `sqliteStore`. */
export interface SqliteStoreOptions {
  /**
   * What a recorded attempt survives. `process`: that the process is killed, at any moment. `power`: a power cut as
   * well, at the price of a disk flush for every commit. @defaultValue 'process'
   */
  readonly durability?: Durability;
}

/**
 * Keeps a ledger in one SQLite file, which several processes of one machine may share. Needs Node (`node:sqlite`).
 *
 * A hold that is granted is on file: a process that dies takes no money with it, and the hold it leaves behind counts
 * in full until it is reconciled. Files on network drives are not safe: SQLite needs their locks.
 *
 * @param path The file, made when the ledger is created; its folder must exist.
 * @throws InvalidOptionError for an unknown durability. `createLedger` throws TollgateError `invalid-file` when the file
 * cannot be opened, is not a ledger, or has another version.
 * @example
 * const ledger = await createLedger({ store: sqliteStore('spend.db') });
 */
export function sqliteStore(path: string, { durability = 'process' }: SqliteStoreOptions = {}): Store {
  if (durability !== 'process' && durability !== 'power') {
    throw new InvalidOptionError(
      'durability',
      `durability must be 'process' or 'power', received ${JSON.stringify(durability)}.`,
    );
  }
  return new SqliteStore(path, durability);
}

class SqliteStore implements Store {
  readonly #path: string;
  readonly #durability: Durability;
  #open: SqliteLedger | undefined;

  constructor(path: string, durability: Durability) {
    this.#path = path;
    this.#durability = durability;
  }

  open(): string {
    this.#open ??= new SqliteLedger(openDatabase(this.#path, this.#durability));
    return this.#open.ledgerId;
  }

  reserve(ask: HoldAsk): Promise<Admission> {
    const { queue, rules } = this.#ledger();
    return queue.run(() => rules.reserve(ask));
  }

  trim(attemptId: string, hold: StoredAttempt['hold']): Promise<void> {
    const { queue, rules } = this.#ledger();
    return queue.run(() => rules.trim(attemptId, hold));
  }

  end(ending: Ending): Promise<Ended | undefined> {
    const { queue, rules } = this.#ledger();
    return queue.run(() => rules.end(ending));
  }

  record(ask: HoldAsk, ending: Ending): Promise<Ended> {
    const { queue, rules } = this.#ledger();
    return queue.run(() => rules.record(ask, ending));
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): Promise<StoredLimit> {
    const ledger = this.#ledger();
    return ledger.queue.run(() => ledger.setLimit(limit));
  }

  removeLimit(key: LimitKey): Promise<boolean> {
    const ledger = this.#ledger();
    return ledger.queue.run(() => ledger.removeLimit(key));
  }

  limits(): readonly StoredLimit[] {
    return this.#current().limits().all();
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    return this.#current().rules.balances(asked, nowMs);
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    return this.#current().attempts(query);
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    return this.#current().totals(scopes);
  }

  reportOutcome(outcome: StoredOutcome): Promise<void> {
    const ledger = this.#ledger();
    return ledger.queue.run(() => ledger.reportOutcome(outcome));
  }

  outcomes(scopes: readonly ScopePair[]): readonly StoredOutcome[] {
    return this.#current().outcomes(scopes);
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** The ledger as it is on file, others' writes included. */
  #current(): SqliteLedger {
    const ledger = this.#ledger();
    ledger.look();
    return ledger;
  }

  #ledger(): SqliteLedger {
    if (this.#open !== undefined) return this.#open;
    throw new TollgateError('closed', `The ledger ${JSON.stringify(this.#path)} is closed. Open it with createLedger.`);
  }
}
