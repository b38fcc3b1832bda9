import type { Candidate, Decision } from '../spec/result.ts';

/** What is decided where nothing was checked: the first candidate is shown. */
export function unverified([chosen]: readonly Candidate[]): Decision {
  return {
    status: 'unverified',
    ...(chosen !== undefined && { chosen: chosen.id }),
    reason: 'a model was asked and nothing checked its answer',
  };
}
