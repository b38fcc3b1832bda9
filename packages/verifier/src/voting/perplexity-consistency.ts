import { fitWeibullMixture, mean, tallyVotes, weibullLogDensity, type WeibullMixture } from '@tollgate/stats';

/** One sampled line of reasoning that ended in an answer. */
export interface ReasoningPath {
  /** Normalised, so that equal answers are equal texts; `undefined` where there is none: such a path takes no part. */
  readonly answer: string | undefined;
  /** The whole completion. Equal completions count once. */
  readonly text: string;
  /** Mean of the natural log-probabilities of its tokens. Absent where the engine gives none. Range (−∞, 0]. */
  readonly meanLogprob?: number | undefined;
}

/** Paths with one answer. */
export interface AnswerCluster {
  readonly answer: string;
  readonly paths: number;
  /** Probabilities of its distinct paths that were not pruned, added up; without log-probabilities the number of paths. */
  readonly score: number;
  /** Its part of all scores. Range [0, 1]. */
  readonly share: number;
}

/** What a vote by perplexity came to. */
export interface PerplexityConsistency {
  /** `rpc`: with pruning. `pc`: by probabilities, nothing could be told apart. `sc`: by counts, for want of log-probabilities. */
  readonly method: 'rpc' | 'pc' | 'sc';
  /** In the order in which the answers first appeared. The shares add up to 1. */
  readonly clusters: readonly AnswerCluster[];
  /** Indices of paths that were pruned. */
  readonly pruned: readonly number[];
  /** The answer with the highest score, the earliest one on a tie; `undefined` where no path has an answer. */
  readonly winner: string | undefined;
  /** Whether another answer scored as much as the winner. */
  readonly ties: boolean;
  /** Share of the winner; 0 without one. */
  readonly confidence: number;
  /** The two groups of paths that were told apart. */
  readonly fit?: WeibullMixture;
}

/** How `perplexityConsistency` counts. */
export interface PerplexityConsistencyOptions {
  /** Drop paths that look like the improbable group. @defaultValue true */
  readonly prune?: boolean;
}

/** With fewer paths two groups cannot be told apart. */
const minPathsToPrune = 6;

// Source: RPC, arXiv 2502.00511 and 2510.15444, and the authors' code. Rules: p = exp(mean log-probability); a path is pruned
// where w·W1(p) < (1 − w)·W2(p) and p is below the mean, W1 the Weibull component with the larger mean; an answer scores the
// sum of p over its distinct completions that are left.
// Differs: paths without an answer take no part; with fewer than 6, with equal probabilities or without a finite likelihood
// nothing is pruned; where a path has no usable log-probability, all are counted as in self-consistency.
/**
 * Votes by the probability that the model itself gave to each path (perplexity consistency), after dropping the paths that
 * belong to an improbable group (reasoning pruning).
 *
 * Reaches the accuracy of counting with about half the samples where log-probabilities are to be had.
 *
 * @example
 * perplexityConsistency(paths).winner; // two probable paths can outvote six improbable ones
 */
export function perplexityConsistency(
  paths: readonly ReasoningPath[],
  { prune = true }: PerplexityConsistencyOptions = {},
): PerplexityConsistency {
  const voting = paths.flatMap(({ answer, text, meanLogprob = NaN }, index) =>
    answer === undefined || answer === '' ? [] : [{ index, answer, text, probability: Math.exp(meanLogprob) }],
  );
  const isUsable = voting.every(({ probability }) => probability > 0 && probability < Infinity);
  if (!isUsable)
    return outcome(
      'sc',
      voting,
      voting.map(() => 1),
    );
  const fit = prune ? groupsOf(voting.map(({ probability }) => probability)) : undefined;
  const average = voting.length === 0 ? 0 : mean(voting.map(({ probability }) => probability));
  const isPruned = (probability: number): boolean =>
    fit !== undefined && probability < average && isImprobable(fit, probability);
  const pruned = voting.filter(({ probability }) => isPruned(probability)).map(({ index }) => index);
  // Of equal completions the most probable one counts, so that their order does not matter.
  const counted = new Map<string, (typeof voting)[number]>();
  for (const path of voting) {
    const known = counted.get(completionOf(path));
    if (known === undefined || path.probability > known.probability) counted.set(completionOf(path), path);
  }
  const weights = voting.map((path) =>
    counted.get(completionOf(path)) === path && !isPruned(path.probability) ? path.probability : 0,
  );
  return {
    ...outcome(fit === undefined ? 'pc' : 'rpc', voting, weights),
    pruned,
    ...(fit !== undefined && { fit }),
  };
}

function completionOf({ answer, text }: { readonly answer: string; readonly text: string }): string {
  return JSON.stringify([answer, text]);
}

function groupsOf(probabilities: readonly number[]): WeibullMixture | undefined {
  if (probabilities.length < minPathsToPrune) return undefined;
  const fit = fitWeibullMixture(probabilities);
  return fit !== undefined && Number.isFinite(fit.negativeLogLikelihood) ? fit : undefined;
}

function isImprobable({ weight, high, low }: WeibullMixture, probability: number): boolean {
  return (
    Math.log(weight) + weibullLogDensity(probability, high) < Math.log(1 - weight) + weibullLogDensity(probability, low)
  );
}

function outcome(
  method: PerplexityConsistency['method'],
  voting: readonly { readonly answer: string }[],
  weights: readonly number[],
): PerplexityConsistency {
  const answers = voting.map(({ answer }) => answer);
  const { counts, valid, winner, ties, shareOfValid } = tallyVotes(answers, weights);
  const paths = tallyVotes(answers).counts;
  const clusters = [...counts].map(([answer, score]) => ({
    answer,
    paths: paths.get(answer) ?? 0,
    score,
    share: score / valid,
  }));
  return { method, clusters, pruned: [], winner, ties, confidence: shareOfValid };
}
