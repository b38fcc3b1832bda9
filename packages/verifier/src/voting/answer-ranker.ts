import { type AnswerKey, type Candidate, candidateView, type CandidateView, type Ranker } from '@tollgate/sdk';

/** A candidate of a vote, and what a vote sees of it. */
export interface Voter {
  readonly candidate: Candidate;
  /** Absent where there is no answer, where it was cut by a budget or an abort, and where it misses the schema. */
  readonly answer: string | undefined;
  readonly signals: NonNullable<CandidateView['signals']>;
}

/** Which answers are the same. */
export interface VoteRankerOptions {
  /** Which answers are the same. */
  readonly answer: AnswerKey;
}

/** The candidates, in order, as a vote sees them. */
export function votersOf(candidates: readonly Candidate[], answer: AnswerKey): readonly Voter[] {
  return candidates.map((candidate) => {
    const { answer: key, signals = {} } = candidateView(candidate, 0, { answer, signals: [] });
    return { candidate, answer: key, signals };
  });
}

/**
 * A ranker by answers: a candidate's score is the share that its answer has of the scores of all answers, so that the
 * shares of the distinct answers add up to 1. Ties go to the earlier candidate; candidates without an answer come last and
 * have no score.
 */
export function answerRanker(
  name: string,
  answer: AnswerKey,
  scoresOf: (voters: readonly Voter[]) => ReadonlyMap<string, number>,
): Ranker {
  return {
    name,
    rank: async ({ candidates }) => {
      const voters = votersOf(candidates, answer);
      const shares = sharesOf(scoresOf(voters));
      const shareOf = (voter: Voter): number => shares.get(voter.answer ?? '') ?? -1;
      return {
        order: voters.toSorted((a, b) => shareOf(b) - shareOf(a)).map(({ candidate }) => candidate.id),
        scores: Object.fromEntries(
          voters.filter((voter) => voter.answer !== undefined).map((voter) => [voter.candidate.id, shareOf(voter)]),
        ),
        charges: [],
      };
    },
  };
}

function sharesOf(scores: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  let total = 0;
  for (const score of scores.values()) total += score;
  // Equal scores added up in another order differ in the last bits; rounding must not decide a vote.
  const share = (score: number): number => (total > 0 ? Number((score / total).toPrecision(12)) : 0);
  return new Map([...scores].map(([answer, score]) => [answer, share(score)]));
}
