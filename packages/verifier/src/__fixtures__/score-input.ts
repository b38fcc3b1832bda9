import { rootContext, type ScoreInput, type SpendGuard } from '@tollgate/sdk';
import { candidate } from './candidate.ts';

/** Candidates `c0`, `c1`, … with these texts, as answers to "Name a prime." */
export function scoreInput(
  texts: readonly string[],
  options: { readonly guards?: readonly SpendGuard[]; readonly signal?: AbortSignal } = {},
): ScoreInput {
  const { guards = [], signal } = options;
  return {
    request: { messages: [{ role: 'user', content: 'Name a prime.' }], ...(signal !== undefined && { signal }) },
    candidates: texts.map((text, i) => candidate(text, 'eos', `c${i}`)),
    context: rootContext({ seed: 1, guards }),
  };
}
