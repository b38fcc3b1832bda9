// A vote needs the whole set: as a scorer (how much support has each answer) and as a ranker (which comes first).
import type { AnswerKey } from './answer-key.ts';
import type { Candidate } from './result.ts';
import type { Ranker } from './ranker.ts';
import type { Scorer } from './scorer.ts';

declare function textOf(candidate: Candidate): string;

/** The last number of the text, written one way. Without a number there is no vote. */
export const lastNumber: AnswerKey = {
  name: 'last-number',
  key: (candidate) => {
    const last = textOf(candidate)
      .match(/-?\d+(?:\.\d+)?/g)
      ?.at(-1);
    return last === undefined ? undefined : String(Number(last));
  },
};

/** Share of the votes that each candidate's answer has. Answers that a budget or an abort cut do not vote. */
function shares(candidates: readonly Candidate[], answer: AnswerKey): ReadonlyMap<string, number> {
  const voters = candidates.filter(({ finish }) => finish.by !== 'budget' && finish.by !== 'aborted');
  const byKey = Map.groupBy(voters, (candidate) => answer.key(candidate));
  byKey.delete(undefined);
  const votes = [...byKey.values()].reduce((sum, supporters) => sum + supporters.length, 0);
  return new Map([...byKey.values()].flatMap((same) => same.map(({ id }) => [id, same.length / votes] as const)));
}

export function voteScorer(answer: AnswerKey): Scorer {
  return {
    name: `vote on ${answer.name}`,
    score: async ({ candidates }) => {
      const share = shares(candidates, answer);
      return {
        verdicts: candidates.map(({ id }) => {
          const score = share.get(id);
          return score === undefined
            ? { candidateId: id, status: 'abstain' as const }
            : { candidateId: id, status: score > 0.5 ? ('accept' as const) : ('tie' as const), score };
        }),
        charges: [],
      };
    },
  };
}

export function voteRanker(answer: AnswerKey): Ranker {
  return {
    name: `vote on ${answer.name}`,
    rank: async ({ candidates }) => {
      const share = shares(candidates, answer);
      const order = candidates.map(({ id }) => id).toSorted((a, b) => (share.get(b) ?? 0) - (share.get(a) ?? 0));
      return { order, scores: Object.fromEntries(share), charges: [] };
    },
  };
}
