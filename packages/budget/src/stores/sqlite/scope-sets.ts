import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ScopePair } from '../../ledger/scope-pair.ts';

/** Sets of scopes at hand, at most: those of tasks come and go. */
const mostKnown = 10_000;

/** The table `scope_sets`: attempts name the same sets of scopes again and again. */
export class ScopeSets {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #read: StatementSync;
  readonly #ids = new Map<string, number>();
  #idOfList = new WeakMap<readonly ScopePair[], number>();
  readonly #scopes = new Map<number, readonly ScopePair[]>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT scope_set FROM scope_sets WHERE scopes = ?');
    this.#add = database.prepare('INSERT INTO scope_sets (scopes) VALUES (?)');
    this.#read = database.prepare('SELECT scopes FROM scope_sets WHERE scope_set = ?');
  }

  /** The number of a set, given to it now where it has none. Called inside a transaction. */
  idOf(scopes: readonly ScopePair[]): number {
    const listed = this.#idOfList.get(scopes);
    if (listed !== undefined) return listed;
    const text = JSON.stringify(scopes.map(({ kind, id }) => ({ kind, id })));
    let id = this.#ids.get(text);
    if (id === undefined) {
      const found = this.#find.get(text)?.['scope_set'];
      id = Number(found ?? this.#add.run(text).lastInsertRowid);
      if (this.#ids.size >= mostKnown) this.#ids.clear();
      this.#ids.set(text, id);
    }
    this.#idOfList.set(scopes, id);
    return id;
  }

  /** The set of a number; the same list every time. */
  scopesOf(id: number): readonly ScopePair[] {
    let scopes = this.#scopes.get(id);
    if (scopes === undefined) {
      scopes = JSON.parse(String(this.#read.get(id)?.['scopes'])) as readonly ScopePair[];
      if (this.#scopes.size >= mostKnown) this.#scopes.clear();
      this.#scopes.set(id, scopes);
    }
    return scopes;
  }

  /** Forgets numbers that may have been given in a transaction that did not happen. */
  clear(): void {
    this.#ids.clear();
    this.#scopes.clear();
    this.#idOfList = new WeakMap();
  }
}
