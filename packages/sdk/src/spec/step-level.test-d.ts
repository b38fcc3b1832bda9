// Step by step with a process reward: a small model writes, a step that scores low is written again by the large one.
import type { Candidate } from './result.ts';
import type { Scorer } from './scorer.ts';
import type { StepScorer } from './step-scorer.ts';
import type { Action, StrategyCore } from './strategy-core.ts';

declare function textOf(candidate: Candidate): string;
const boundary = '\n\n';

/** A process reward as a scorer: the verdict's score is that of the last step, the evidence holds all of them. */
export function lastStep(reward: StepScorer, threshold: number): Scorer {
  return {
    name: reward.name,
    score: async ({ request, candidates, context }) => {
      const judged = await Promise.all(
        candidates.map(async (candidate) => ({
          candidate,
          ...(await reward.score({ request, steps: textOf(candidate).split(boundary), context })),
        })),
      );
      return {
        verdicts: judged.map(({ candidate, scores }) => {
          const score = scores.at(-1);
          return score === undefined
            ? { candidateId: candidate.id, status: 'abstain' as const }
            : {
                candidateId: candidate.id,
                status: score >= threshold ? ('accept' as const) : ('reject' as const),
                score,
                evidence: scores,
              };
        }),
        charges: judged.flatMap(({ charges }) => charges),
      };
    },
  };
}

interface Walk {
  /** The answer so far, all of whose steps were accepted. */
  readonly base?: string;
  /** A step longer, not judged yet. */
  readonly proposal?: { readonly id: string; readonly from: number; readonly ended: boolean };
  readonly ask: number;
  readonly ended: boolean;
  readonly failed?: string;
}

const small = 0;
const large = 1;

/** Reward-guided speculation: accept the small model's step where its reward is high, else take the large model's. */
export const rewardGuided: StrategyCore<Walk> = {
  name: 'reward-guided',
  start: () => ({ ask: small, ended: false }),
  observe: (state, event) => {
    switch (event.type) {
      case 'extended': {
        const [candidate] = event.candidates;
        if (candidate === undefined) return { ...state, failed: 'no step came' };
        // A step that ended at its boundary can go on; one that ended by itself is the last.
        const ended = candidate.finish !== 'stop';
        const proposal = { id: candidate.id, from: event.from, ended };
        return event.from === large ? accepted(state, proposal) : { ...state, proposal };
      }
      case 'scored': {
        const { proposal, ...rest } = state;
        if (proposal === undefined) return state;
        return event.verdicts[0]?.status === 'reject' ? { ...rest, ask: large } : accepted(rest, proposal);
      }
      case 'failed':
        return { ...state, failed: event.code };
      case 'budget':
        return { ...state, ended: true };
      case 'drawn':
      case 'launched':
        return state;
      default:
        return event satisfies never;
    }
  },
  next: ({ base, proposal, ask, ended, failed }): Action => {
    if (failed !== undefined && base === undefined) return { type: 'stop', reason: failed };
    if ((ended || failed !== undefined) && base !== undefined) {
      return {
        type: 'accept',
        candidate: base,
        accepted: failed === undefined,
        signal: 'process-reward',
        reason: 'every step was accepted',
      };
    }
    if (ended) return { type: 'stop', reason: 'money ended before the first step' };
    if (proposal !== undefined) return { type: 'score', scorer: 0, candidates: [proposal.id] };
    return {
      type: 'extend',
      from: ask,
      ...(base !== undefined && { base }),
      count: 1,
      stop: [boundary],
      maxTokens: 256,
    };
  },
};

function accepted(state: Omit<Walk, 'proposal'>, proposal: NonNullable<Walk['proposal']>): Walk {
  return { ...state, base: proposal.id, ask: small, ended: proposal.ended };
}
