import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { SqlClient, SqlRow } from './sql-client.ts';

/** Sets of scopes at hand, at most: those of tasks come and go. */
const mostKnown = 10_000;

/** The table `scope_sets`: attempts name the same sets of scopes again and again. */
export class ScopeSets {
  readonly #client: SqlClient;
  readonly #schema: string;
  readonly #ids = new Map<string, string>();

  constructor(client: SqlClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  /** Gives every one of these sets a number, in one statement for those that have none yet. */
  async prepare(sets: readonly (readonly ScopePair[])[]): Promise<void> {
    if (this.#ids.size > mostKnown) this.#ids.clear();
    const missing = new Set(sets.map(nameOf).filter((name) => !this.#ids.has(name)));
    if (missing.size === 0) return;
    const names = [...missing].toSorted();
    await this.#client.query(
      `INSERT INTO ${this.#schema}.scope_sets (scopes, name) SELECT name::jsonb, name FROM unnest($1::text[]) AS n(name) ON CONFLICT DO NOTHING`,
      [names],
    );
    const { rows } = await this.#client.query(
      `SELECT scope_set, name FROM ${this.#schema}.scope_sets WHERE name = ANY ($1)`,
      [names],
    );
    for (const row of rows as readonly SqlRow[]) this.#ids.set(String(row['name']), String(row['scope_set']));
  }

  /** The number of a set that was prepared. */
  idOf(scopes: readonly ScopePair[]): string {
    return this.#ids.get(nameOf(scopes)) ?? '';
  }
}

function nameOf(scopes: readonly ScopePair[]): string {
  return JSON.stringify(scopes.map(({ kind, id }) => ({ kind, id })));
}
