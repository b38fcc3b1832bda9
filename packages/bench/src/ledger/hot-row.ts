import type { Pool } from 'pg';

/**
 * What a ledger without batches does at best: one conditional UPDATE of a balance to hold, one to settle, each a
 * statement and so a transaction of its own. Keeps no rows and knows one limit, which flatters it.
 */
export async function hotRow(pool: Pool): Promise<() => Promise<void>> {
  await pool.query(`DROP TABLE IF EXISTS hot_row;
    CREATE TABLE hot_row (id text PRIMARY KEY, cap bigint NOT NULL, settled bigint NOT NULL, held bigint NOT NULL) WITH (fillfactor = 50);
    INSERT INTO hot_row VALUES ('all', 1000000000000000000, 0, 0)`);
  return async () => {
    const { rowCount } = await pool.query(
      'UPDATE hot_row SET held = held + $2 WHERE id = $1 AND settled + held + $2 <= cap',
      ['all', 2_000_000],
    );
    if (rowCount !== 1) throw new Error('It was not held.');
    await pool.query('UPDATE hot_row SET held = held - $2, settled = settled + $3 WHERE id = $1', [
      'all',
      2_000_000,
      1_000_000,
    ]);
  };
}
