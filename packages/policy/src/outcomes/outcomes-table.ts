import type { CandidateView } from '@tollgate/sdk';

/** A task as the table knows it. */
export interface OutcomeTask {
  readonly id: string;
  readonly class?: string;
  readonly group?: string;
  readonly prompt?: string;
  readonly features?: { readonly [name: string]: number };
}

/** The samples of one task and model: rows `first` to `first + count − 1`, in the order of their sample numbers. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** What grades the rows. Kept apart, so that what is handed to a strategy cannot hold it. */
export interface OutcomesGold {
  /** Whether the answer of a row is right. */
  correct(row: number): boolean;
}

/**
 * Recorded samples of models for tasks, in compact columns (about 50 bytes a row).
 *
 * Rows are numbered from 0 to `rowCount − 1`; the methods throw RangeError for any other number.
 */
export interface OutcomesTable {
  /** What messages call the file. */
  readonly source: string;
  /** In the order in which the file first names them. */
  readonly tasks: readonly OutcomeTask[];
  /** In the order in which the file first names them. */
  readonly models: readonly string[];
  readonly rowCount: number;
  /** The samples of a task and a model; a count of 0 where there are none. */
  rowsOf(task: string, model: string): RowRange;
  /** The number of the sample, as the file has it. */
  sample(row: number): number;
  /** A row as a strategy may see it, drawn from source `from`. Its id is the row in decimal digits. */
  candidate(row: number, from: number): CandidateView;
  /** What the sample cost, in whole nano-dollars. */
  costNanoUsd(row: number): number;
  /** All tokens of prompt and answer; undefined where the file says only what they cost. */
  tokens(row: number): number | undefined;
  latencyMs(row: number): number | undefined;
  /** What measuring a signal of a row cost, in whole nano-dollars: to be charged by whoever uses the signal. */
  signalCostNanoUsd(row: number, signal: string): number;
  readonly gold: OutcomesGold;
}
