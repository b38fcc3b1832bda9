// Generate, prune, rank, select as a core: a ranker reaches cores as a scorer, so one action serves all judging.
import type { Ranker } from './ranker.ts';
import type { Scorer } from './scorer.ts';
import type { StrategyCore } from './strategy-core.ts';

/** A ranker as a scorer: its own scores where it has them, else the place in the order, 1 for the best. */
export function rankerAsScorer(ranker: Ranker): Scorer {
  return {
    name: ranker.name,
    score: async (input) => {
      const { order, scores, charges } = await ranker.rank(input);
      const place = (id: string): number => 1 - order.indexOf(id) / order.length;
      return {
        verdicts: input.candidates.map(({ id }) => ({
          candidateId: id,
          status: 'tie',
          score: scores?.[id] ?? place(id),
        })),
        charges,
      };
    },
  };
}

interface Pipeline {
  /** Index of the next stage; the last scorer ranks, those before prune. */
  readonly stage: number;
  readonly stages: number;
  readonly drawn: boolean;
  readonly kept: readonly string[];
  readonly best?: string;
}

/** Each stage is a scorer, cheapest first. A verdict that is not a rejection keeps; a stage that would keep nothing is skipped. */
export const pruneThenRank: StrategyCore<Pipeline> = {
  name: 'prune-then-rank',
  parameters: { samples: 16 },
  start: (view) => ({ stage: 0, stages: view.scorers.length, drawn: false, kept: [] }),
  observe: (state, event) => {
    switch (event.type) {
      case 'drawn':
        return { ...state, drawn: true, kept: event.candidates.map(({ id }) => id) };
      case 'scored': {
        const ranks = state.stage === state.stages - 1;
        const stage = state.stage + 1;
        if (ranks) {
          const [best] = event.verdicts.toSorted((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity));
          return { ...state, stage, ...(best !== undefined && { best: best.candidateId }) };
        }
        const kept = event.verdicts.filter(({ status }) => status !== 'reject').map(({ candidateId }) => candidateId);
        return { ...state, stage, kept: kept.length === 0 ? state.kept : kept };
      }
      case 'failed':
        return event.action === 'score' ? { ...state, stage: state.stage + 1 } : { ...state, drawn: true };
      case 'budget':
        return { ...state, drawn: true, stage: state.stages };
      case 'extended':
      case 'launched':
        return state;
      default:
        return event satisfies never;
    }
  },
  next: ({ drawn, kept, stage, stages, best }) => {
    if (!drawn) return { type: 'draw', from: 0, count: 16 };
    const [first] = kept;
    if (first === undefined) return { type: 'stop', reason: 'nothing was produced' };
    if (best !== undefined)
      return { type: 'accept', candidate: best, signal: 'rank', reason: `the first of ${kept.length} that passed` };
    if (kept.length > 1 && stage < stages) return { type: 'score', scorer: stage, candidates: kept };
    return { type: 'accept', candidate: first, accepted: kept.length === 1, reason: 'nothing was left to rank' };
  },
};
