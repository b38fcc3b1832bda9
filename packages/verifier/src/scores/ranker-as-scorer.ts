import type { Ranker, Scorer } from '@tollgate/sdk';

/**
 * A ranker as a scorer, for strategies: a tie on every candidate, with the ranker's own score where it has scores, else with
 * the place in the order: 1 for the best, down to 1/n. Abstains on what the ranker left out.
 *
 * @example
 * const model = bestOfMiniN(small, { scorer: rankerAsScorer(pairwiseRank(judgeModel)), miniN: 8, total: 8, mode: 'accelerator' });
 */
export function rankerAsScorer(ranker: Ranker): Scorer {
  return {
    name: ranker.name,
    score: async (input) => {
      const { order, scores, charges } = await ranker.rank(input);
      const places = new Map(order.map((id, place) => [id, 1 - place / order.length]));
      return {
        verdicts: input.candidates.map(({ id }) => {
          const score = scores?.[id] ?? places.get(id);
          return score === undefined
            ? { candidateId: id, status: 'abstain' }
            : { candidateId: id, status: 'tie', score };
        }),
        charges,
      };
    },
  };
}
