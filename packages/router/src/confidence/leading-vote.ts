import type { CandidateView } from '@tollgate/sdk';
import { tallyVotes } from '@tollgate/stats';

/** What a vote over candidates came to. */
export interface LeadingVote {
  /** Id of the first candidate with the winning answer. */
  readonly candidate: string;
  /** Candidates with the winning answer. */
  readonly votes: number;
  /** Candidates with any answer. */
  readonly valid: number;
  /**
   * `votes` out of the samples asked for. Samples that failed or hold no answer lower it, so that they can never look
   * like agreement. Range (0, 1].
   */
  readonly share: number;
}

/** The answer that most candidates give, the first one on a tie; undefined where no candidate has an answer. */
export function leadingVote(candidates: readonly CandidateView[], asked: number): LeadingVote | undefined {
  const { counts, valid, winner } = tallyVotes(candidates.map((candidate) => candidate.answer));
  if (winner === undefined) return undefined;
  const first = candidates.find((candidate) => candidate.answer === winner);
  const votes = counts.get(winner);
  if (first === undefined || votes === undefined) return undefined;
  return { candidate: first.id, votes, valid, share: votes / Math.max(asked, candidates.length) };
}
