import type { JsonObject } from '@tollgate/sdk';

/** The two ends of a 95 % interval. */
export type ReportInterval = readonly [lower: number, upper: number];

/** One model of the pool, over every strategy that asked it. */
export interface ModelReport {
  /** As the configuration calls it. */
  readonly name: string;
  readonly provider: string;
  readonly modelId: string;
  /** The price as it was declared (`Pricing.declaration`). */
  readonly price?: JsonObject;
  /** Attempts on the wire that were charged. */
  readonly attempts: number;
  /** Input and output tokens together. */
  readonly tokens: number;
  readonly costUsd: number;
}

/** What one strategy came to. Everything it asked for is charged to it: losers, judges, aborted samples. */
export interface StrategyReport {
  readonly name: string;
  /** Share of the tasks it ran whose answer passed the check. Abstained counts as not passed. Range [0, 1]. */
  readonly accuracy: number;
  readonly accuracyCi95: ReportInterval;
  readonly costUsd: number;
  /** US dollars for each task passed. `null` where none was, for then no amount buys one. */
  readonly costOfPassUsd: number | null;
  /** `null` where nothing passed. An upper end of `null` is infinite: so few passed that the tasks do not bound it. */
  readonly costOfPassCi95: readonly [lower: number, upper: number | null] | null;
  readonly costPerTaskUsd: number;
  readonly costPerTaskCi95: ReportInterval;
  readonly attempts: number;
  /** Input and output tokens together. */
  readonly tokens: number;
  /** Seconds on the clock that this run spent on it; what earlier runs answered is not in it. */
  readonly wallSeconds?: number;
  /** It chose by the check that grades: an upper bound, not something that can be deployed. */
  readonly oracleVerifier?: boolean;
  /** Tasks for which it gave no answer. */
  readonly abstained: number;
  /** Tasks for which it gave one. */
  readonly answered: number;
  /** US dollars by model name. Adds up to `costUsd`. */
  readonly spendByModel: { readonly [model: string]: number };
}

/** Where the money stood at the end. */
export interface LedgerReport {
  /** The hard cap; `null` where none was set (only a replay of outcomes runs without one). */
  readonly capUsd: number | null;
  readonly spentUsd: number;
  /** Held by attempts that were not settled. */
  readonly heldUsd: number;
  /** Rows in the ledger: one an attempt. */
  readonly rows: number;
}

/** What a run came to, as plain JSON: what `--json` prints, and what the table and the page are drawn from. */
export interface RunReport {
  /** Number of tasks. */
  readonly tasks: number;
  readonly models: readonly ModelReport[];
  /** In the order they were asked for. Their costs add up to `ledger.spentUsd`. */
  readonly strategies: readonly StrategyReport[];
  readonly ledger: LedgerReport;
  /** Sentences for people: what was assumed, left out or cut short. */
  readonly notes: readonly string[];
}
