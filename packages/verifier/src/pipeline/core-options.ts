import { InvalidOptionError } from '@tollgate/sdk';

/** What a stage's rejections rest on. */
export type StageBasis = 'form' | 'behaviour' | 'opinion';

/** Rules of `pruneThenRankCore`. Plain data. */
export interface PruneThenRankRules {
  /** Candidates drawn. Range [1, ∞). @defaultValue 16 */
  readonly samples?: number;
  /** A verdict that did not come in time keeps its candidate. @defaultValue true */
  readonly keepTimeouts?: boolean;
  /**
   * Distinct candidates that stay to be ranked at least, whatever the stages say: a number, or below 1 a share of the
   * distinct ones. Those that got furthest, then those with the best scores, are taken back. Range (0, ∞). @defaultValue 1
   */
  readonly minSurvivors?: number;
  /**
   * `measured`: the stage that costs least per candidate it removes goes first, once 20 verdicts of each stage were seen
   * (its `memory` says); `given`: as listed. @defaultValue 'measured'
   */
  readonly order?: 'measured' | 'given';
  /** What a second of a stage's time is worth beside its fees, in US dollars. Range [0, ∞). @defaultValue 0.00003 (about $0.11 an hour) */
  readonly usdPerSecond?: number;
  /** Verdicts that stages work on at a time. Range [1, ∞). @defaultValue 4 */
  readonly concurrency?: number;
  /** Candidates with equal answers are judged once and counted. `none`: each is judged for itself. @defaultValue 'answer' */
  readonly merge?: 'answer' | 'none';
  /**
   * How the survivors are ordered: by votes, by the scorer that ranks, or by who passed first (which stops at the first
   * that passed). `auto`: by votes where a survivor was tested by its behaviour, else by the scorer that ranks where there
   * is one, else by votes. @defaultValue 'auto'
   */
  readonly rank?: 'auto' | 'vote' | 'scorer' | 'first';
}

/** Options of `pruneThenRankCore`. */
export interface PruneThenRankCoreOptions extends PruneThenRankRules {
  /** What each stage's rejections rest on. The stages are the first scorers; one more scorer, where there is one, ranks. */
  readonly stages: readonly StageBasis[];
}

/** Rules with their defaults. */
export type PipelineRules = Required<PruneThenRankRules> & { readonly stages: readonly StageBasis[] };

/** @throws InvalidOptionError naming the option that is outside its range. */
export function pipelineRules(options: PruneThenRankCoreOptions): PipelineRules {
  const rules = {
    samples: 16,
    keepTimeouts: true,
    minSurvivors: 1,
    order: 'measured' as const,
    usdPerSecond: 0.00003,
    concurrency: 4,
    merge: 'answer' as const,
    rank: 'auto' as const,
    ...options,
  };
  const { samples, minSurvivors, usdPerSecond, concurrency } = rules;
  requireWhole('samples', samples);
  requireWhole('concurrency', concurrency);
  if (!(minSurvivors > 0 && minSurvivors < Infinity)) throw outOf('minSurvivors', 'a number above 0', minSurvivors);
  if (!(usdPerSecond >= 0 && usdPerSecond < Infinity))
    throw outOf('usdPerSecond', 'a number of 0 or more', usdPerSecond);
  requireOneOf('order', rules.order, ['measured', 'given']);
  requireOneOf('merge', rules.merge, ['answer', 'none']);
  requireOneOf('rank', rules.rank, ['auto', 'vote', 'scorer', 'first']);
  return rules;
}

function requireWhole(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw outOf(option, 'a whole number of at least 1', value);
}

function outOf(option: string, expected: string, received: number): InvalidOptionError {
  return new InvalidOptionError(option, `${option} must be ${expected}, received ${received}.`);
}

function requireOneOf(option: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new InvalidOptionError(option, `${option} must be one of ${allowed.join(', ')}, received "${value}".`);
}
