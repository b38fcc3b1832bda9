import type { CandidateView } from '@tollgate/sdk';

/** An answer that its own maker did not stand by: a strategy that did not accept it, or a text cut by a budget or an abort. */
export function isDoubtful({ decision, finish }: CandidateView): boolean {
  if (finish === 'budget' || finish === 'aborted') return true;
  return decision !== undefined && decision.status !== 'accepted' && decision.status !== 'unverified';
}
