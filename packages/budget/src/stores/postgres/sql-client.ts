/** The part of a PostgreSQL client that is used: a `Pool` or `Client` of `pg`, or anything with the same `query`. */
export interface SqlClient {
  /** Runs one statement; `$1` is the first of `values`. A text without values may hold several statements. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A row by column. Whole numbers of 64 bits may come as text. */
export type SqlRow = { readonly [column: string]: unknown };
