import type { Candidate, FinishedBy } from '@tollgate/sdk';

/** A candidate that says `text`. */
export function candidate(text: string, by: FinishedBy = 'eos', id = 'c1'): Candidate {
  return {
    id,
    attemptId: 'a1',
    producedBy: { provider: 'test', modelId: 'scripted' },
    content: [{ type: 'text', text }],
    finish: { unified: by === 'length' ? 'length' : 'stop', by },
  };
}
