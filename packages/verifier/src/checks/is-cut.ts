import type { Candidate } from '@tollgate/sdk';

/** The candidate did not end by itself, so its last words are not its conclusion. */
export function isCut(candidate: Candidate): boolean {
  const { by } = candidate.finish;
  return by === 'length' || by === 'budget' || by === 'aborted';
}
