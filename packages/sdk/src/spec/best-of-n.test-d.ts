// Best of N where samples are stopped early: one of them because it loops, the rest because one is good enough.
import type { Model } from './model.ts';
import type { GenerateRequest } from './request.ts';
import type { Candidate, GenerateResult } from './result.ts';
import type { StrategyCore } from './strategy-core.ts';

declare const model: Model;
declare function loops(text: string): boolean;

/** Stops samples that repeat themselves while the others go on, where the engine can. */
export async function withoutLoops(request: GenerateRequest): Promise<GenerateResult> {
  const stream = model.stream({ ...request, samples: 8 });
  const written = new Map<string, string>();
  for await (const part of stream) {
    if (part.type !== 'text-delta') continue;
    const text = (written.get(part.candidateId) ?? '') + part.text;
    written.set(part.candidateId, text);
    if (loops(text)) stream.cancel?.(part.candidateId);
  }
  return stream.result;
}

/** A stopped sample stays as a candidate that says so, and is paid for: one charge names all samples of its attempt. */
export function stoppedAndWhole(result: GenerateResult): {
  readonly whole: readonly Candidate[];
  readonly paidFor: number;
} {
  return {
    whole: result.candidates.filter((candidate) => candidate.finish.by !== 'aborted'),
    paidFor: result.charges.reduce((sum, charge) => sum + charge.candidateIds.length, 0),
  };
}

interface Progress {
  readonly drawn: boolean;
  readonly unscored?: string;
  readonly best?: { readonly id: string; readonly score: number };
  readonly ended: boolean;
}

/** Accepts the first candidate that passes; what is then in flight is aborted and charged. */
export const firstThatPasses: StrategyCore<Progress> = {
  name: 'first-that-passes',
  parameters: { samples: 8 },
  start: () => ({ drawn: false, ended: false }),
  observe: (state, event) => {
    switch (event.type) {
      case 'drawn': {
        const [candidate] = event.candidates;
        return candidate === undefined
          ? { ...state, drawn: true, ended: true }
          : { ...state, drawn: true, unscored: candidate.id };
      }
      case 'scored': {
        const [verdict] = event.verdicts;
        const { unscored: _, ...rest } = state;
        if (verdict?.score === undefined || verdict.score <= (rest.best?.score ?? 0)) return rest;
        return { ...rest, best: { id: verdict.candidateId, score: verdict.score } };
      }
      case 'failed':
      case 'budget':
        return { ...state, ended: true };
      case 'extended':
      case 'launched':
        return state;
      default:
        return event satisfies never;
    }
  },
  next: ({ drawn, unscored, best, ended }) => {
    if (best?.score === 1)
      return { type: 'accept', candidate: best.id, confidence: 1, signal: 'tests', reason: 'it passes' };
    if (unscored !== undefined) return { type: 'score', scorer: 0, candidates: [unscored] };
    if (!drawn) return { type: 'draw', from: 0, count: 8, deliver: 'each' };
    if (!ended) return { type: 'wait' };
    if (best === undefined) return { type: 'stop', reason: 'nothing was produced' };
    return {
      type: 'accept',
      candidate: best.id,
      accepted: false,
      confidence: best.score,
      signal: 'tests',
      reason: 'the best of those that failed',
    };
  },
};
