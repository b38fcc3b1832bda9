import type { Action, ScoringCost } from '@tollgate/sdk';

/** Candidates that are the same answer: judged once, counted as many. */
export interface Lineage {
  readonly answer: string;
  /** In the order they arrived; the first stands for all. */
  readonly ids: readonly string[];
  /** Stages that let it pass, in the order of this run. */
  readonly passed: number;
  readonly status: 'waiting' | 'judging' | 'passed' | 'pruned';
  /** A stage judged it by its behaviour, and had an opinion. */
  readonly tested: boolean;
  /** The last score that a stage gave it. */
  readonly score?: number;
  /** The scorer that pruned it. */
  readonly prunedBy?: number;
  /** It was pruned and taken back, because too few were left. */
  readonly spared: boolean;
}

/** What one scorer was asked and took. */
export interface StageTally {
  /** Verdicts, one for each lineage. */
  readonly judged: number;
  /** Lineages it pruned. */
  readonly pruned: number;
  readonly timeouts: number;
  /** Of all verdicts together: those that ran beside one another add up. */
  readonly seconds: number;
  /** Absent where a verdict had no known price. */
  readonly usd?: number;
  readonly tokens: number;
}

/** State of `pruneThenRankCore`. */
export interface PipelineState {
  readonly action: Action;
  /** Scorers of the stages in the order of this run. */
  readonly order: readonly number[];
  /** Candidates that arrived, those without an answer included. */
  readonly drawn: number;
  /** Samples asked for that have not arrived. */
  readonly outstanding: number;
  /** Verdicts asked for that have not arrived. */
  readonly judging: number;
  readonly lineages: readonly Lineage[];
  /** By scorer, the one that ranks included. */
  readonly tallies: readonly StageTally[];
  /** Name of the scorer that ranks, where there is one. */
  readonly ranker?: string;
  /** Why nothing more is asked, where something ended the search early. */
  readonly ended?: string;
}

export const noTally: StageTally = { judged: 0, pruned: 0, timeouts: 0, seconds: 0, usd: 0, tokens: 0 };

/** Two tallies of the same scorer together. */
export function addTallies(a: StageTally, b: StageTally): StageTally {
  const usd = a.usd === undefined || b.usd === undefined ? undefined : a.usd + b.usd;
  return {
    judged: a.judged + b.judged,
    pruned: a.pruned + b.pruned,
    timeouts: a.timeouts + b.timeouts,
    seconds: a.seconds + b.seconds,
    ...(usd !== undefined && { usd }),
    tokens: a.tokens + b.tokens,
  };
}

/** A scorer's cost as a tally without verdicts. */
export function costTally(cost: ScoringCost | undefined): StageTally {
  const { usd: _, ...unpriced } = noTally;
  if (cost === undefined) return unpriced;
  const { seconds, usd, tokens = 0 } = cost;
  return { ...unpriced, seconds, tokens, ...(usd !== undefined && { usd }) };
}
