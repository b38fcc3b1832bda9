import { InvalidOptionError } from '@tollgate/sdk';

/** How many votes there are. */
export interface VoteRuleOptions {
  /** Votes at most. Range [1, ∞). */
  readonly votes: number;
}

/** Options of rules that hold an error level. */
export interface TestedVoteOptions extends VoteRuleOptions {
  /** Chance of deciding for an answer that is not the most likely one. Range (0, 1). @defaultValue 0.05 */
  readonly alpha?: number;
}

/** @throws InvalidOptionError unless votes are a whole number of at least 1. */
export function requireVotes(votes: number): void {
  if (Number.isSafeInteger(votes) && votes >= 1) return;
  throw new InvalidOptionError('votes', `votes must be a whole number of at least 1, received ${votes}.`);
}

/** @throws InvalidOptionError unless `alpha` is in (0, 1); 5 in place of 0.05 is the usual slip. */
export function requireAlpha(alpha: number): void {
  if (alpha > 0 && alpha < 1) return;
  const meant = alpha >= 1 && alpha < 100 ? ` Did you mean ${alpha / 100}?` : '';
  throw new InvalidOptionError('alpha', `alpha must be in (0, 1), received ${alpha}.${meant}`);
}
