import type { VoteAnswer } from '@tollgate/stats';

/** Votes for one answer. */
export interface AnswerVotes {
  readonly answer: string;
  readonly votes: number;
  /** Of `sequentialVote`: natural logarithm of the evidence that this is not the most likely answer. */
  readonly evidence?: number;
}

/** Votes so far, as plain JSON. */
export interface RunningVote {
  /** Votes cast, those without an answer included. */
  readonly cast: number;
  /** In the order in which the answers first appeared. */
  readonly tally: readonly AnswerVotes[];
  /** Of `sequentialVote`: the same evidence for an answer that nobody has given yet. */
  readonly unseen?: number;
}

/** What a rule says after some votes. */
export type VoteVerdict =
  | {
      readonly type: 'continue';
      /** With fewer votes than these, nothing can be decided: draw so many at once. Range [1, votes left]. */
      readonly needed: number;
    }
  | {
      readonly type: 'decide';
      readonly answer: string;
      /** Range [0, 1]; `signal` of the rule says of what. */
      readonly confidence: number;
      readonly reason: string;
    }
  | { readonly type: 'abstain'; readonly reason: string };

/** What a rule has found. */
export interface Found {
  readonly answer: string;
  readonly confidence: number;
}

/**
 * When a vote may end: a state machine that is fed one answer at a time and says go on, decide or abstain. Feed it until it
 * no longer says `continue`.
 *
 * @example
 * const rule = sequentialVote({ votes: 40, alpha: 0.05 });
 * let state = startVote();
 * for (const answer of answers) {
 *   state = rule.observe(state, answer);
 *   if (rule.verdict(state).type !== 'continue') break;
 * }
 */
export interface VoteRule {
  readonly name: string;
  readonly parameters: { readonly [name: string]: string | number | boolean };
  /** Votes at most. Range [1, ∞). */
  readonly votes: number;
  /** What its confidence measures. */
  readonly signal: string;
  /** One more vote; a sample without an answer counts as a vote for nothing. Votes beyond `votes` are not counted. */
  observe(state: RunningVote, answer: VoteAnswer): RunningVote;
  verdict(state: RunningVote): VoteVerdict;
}

/** What makes one rule different from another. */
export interface VoteRuleDefinition extends Omit<VoteRule, 'observe' | 'verdict' | 'parameters'> {
  readonly parameters?: VoteRule['parameters'];
  /** Counts a vote for an answer. @defaultValue `addVote` */
  readonly count?: (state: RunningVote, answer: string) => RunningVote;
  /** The answer, once nothing can change it; undefined before. */
  readonly find: (state: RunningVote) => Found | undefined;
}

/** No votes yet. */
export function startVote(): RunningVote {
  return { cast: 0, tally: [] };
}

/**
 * A rule that goes on while the votes that are left could decide if they agreed, and abstains when they could not.
 */
export function defineVoteRule({ parameters, count = addVote, find, ...rule }: VoteRuleDefinition): VoteRule {
  const observe: VoteRule['observe'] = (state, answer) => {
    if (state.cast >= rule.votes) return state;
    const seen = { ...state, cast: state.cast + 1 };
    return answer === undefined || answer === null || answer === '' ? seen : count(seen, answer);
  };
  return {
    ...rule,
    parameters: { votes: rule.votes, ...parameters },
    observe,
    verdict: (state) => {
      const found = find(state);
      const leader = leaderOf(state);
      const left = rule.votes - state.cast;
      const says = `${leader?.votes ?? 0} of ${state.cast} votes agree`;
      if (found !== undefined) {
        return { type: 'decide', ...found, reason: left === 0 ? says : `${says}, ${left} more could not change that` };
      }
      // Any name does for an answer that nobody gave yet.
      const answers = leader === undefined ? ['first'] : state.tally.map(({ answer }) => answer);
      let needed = Infinity;
      for (const answer of answers) needed = Math.min(needed, votesToDecide(state, answer, Math.min(left, needed - 1)));
      if (needed <= left) return { type: 'continue', needed };
      return { type: 'abstain', reason: left === 0 ? `only ${says}` : `only ${says}, and ${left} more cannot decide` };
    },
  };

  /** Votes for one answer, one after the other, after which there is a decision; Infinity where `most` are too few. */
  function votesToDecide(state: RunningVote, answer: string, most: number): number {
    let ahead = state;
    for (let votes = 1; votes <= most; votes += 1) {
      ahead = observe(ahead, answer);
      if (find(ahead) !== undefined) return votes;
    }
    return Infinity;
  }
}

/** The answer with most votes, the earliest one on a tie. */
export function leaderOf({ tally }: RunningVote): AnswerVotes | undefined {
  let leader: AnswerVotes | undefined;
  for (const one of tally) if (leader === undefined || one.votes > leader.votes) leader = one;
  return leader;
}

function addVote(state: RunningVote, answer: string): RunningVote {
  const isKnown = state.tally.some((one) => one.answer === answer);
  const tally = isKnown
    ? state.tally.map((one) => (one.answer === answer ? { ...one, votes: one.votes + 1 } : one))
    : [...state.tally, { answer, votes: 1 }];
  return { ...state, tally };
}
