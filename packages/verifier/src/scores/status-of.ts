import type { Verdict } from '@tollgate/sdk';

/** The verdict of a score: accepted from the threshold on, rejected below it, and a tie where there is none. */
export function statusOf(score: number, accept: number | undefined): Verdict['status'] {
  if (accept === undefined) return 'tie';
  return score >= accept ? 'accept' : 'reject';
}
