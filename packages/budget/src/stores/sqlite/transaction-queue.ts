import type { DatabaseSync } from 'node:sqlite';

interface Job {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is done around the writes of a transaction. */
export interface TransactionHooks {
  /** The write lock is held: what was read before may be old. */
  readonly begun: () => void;
  /** Everything was written but what is written once for all of it. */
  readonly committing: () => void;
  /** Nothing of it happened. */
  readonly rolledBack: () => void;
}

/**
 * Runs writes of one database in transactions that take the write lock at their start. Writes asked for in one turn of
 * the event loop share a transaction, because a commit costs more than a write; none is reported before it is committed.
 */
export class TransactionQueue {
  readonly #database: DatabaseSync;
  readonly #hooks: TransactionHooks;
  readonly #begin: { run(): unknown };
  readonly #commit: { run(): unknown };
  #jobs: Job[] = [];

  constructor(database: DatabaseSync, hooks: TransactionHooks) {
    this.#database = database;
    this.#hooks = hooks;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let value: T;
      const keep = (): void => {
        value = work();
      };
      this.#jobs.push({ work: keep, resolve: () => resolve(value), reject });
      if (this.#jobs.length === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    try {
      this.#transact(jobs);
    } catch (error) {
      // One failed write undid the others: each gets a transaction of its own.
      if (jobs.length > 1) for (const job of jobs) this.#alone(job);
      else for (const job of jobs) job.reject(error);
      return;
    }
    for (const job of jobs) job.resolve();
  }

  #alone(job: Job): void {
    try {
      this.#transact([job]);
    } catch (error) {
      job.reject(error);
      return;
    }
    job.resolve();
  }

  #transact(jobs: readonly Job[]): void {
    this.#begin.run();
    try {
      this.#hooks.begun();
      for (const { work } of jobs) work();
      this.#hooks.committing();
      this.#commit.run();
    } catch (error) {
      this.#hooks.rolledBack();
      // After some failures (disk full) SQLite has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
