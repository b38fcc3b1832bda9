import type { Candidate, Decision, GenerateResult } from '@tollgate/sdk';

/** An answer that is kept. Plain JSON. */
export interface StoredResponse {
  readonly candidates: readonly Pick<Candidate, 'content' | 'finish' | 'logprobs'>[];
  readonly decision: Omit<Decision, 'chosen'>;
  /** Index of the candidate that is the answer. */
  readonly chosen?: number;
}

/**
 * What of a result may be kept; undefined where it is not whole: it was not accepted, or a candidate was cut, refused, or
 * misses its schema.
 */
export function storable({ candidates, decision, warnings }: GenerateResult): StoredResponse | undefined {
  if (!isGood(decision) || warnings.some(({ code }) => code === 'fitted' || code === 'short')) return undefined;
  const { chosen, ...rest } = decision;
  const kept = decision.status === 'accepted' ? candidates.filter(({ id }) => id === chosen) : candidates;
  if (kept.length === 0 || !kept.every(isWhole)) return undefined;
  const index = kept.findIndex(({ id }) => id === chosen);
  return {
    candidates: kept.map(({ content, finish, logprobs }) => ({
      content,
      finish,
      ...(logprobs !== undefined && { logprobs }),
    })),
    decision: rest,
    ...(index >= 0 && { chosen: index }),
  };
}

function isWhole({ finish, schemaIssue, decision }: Candidate): boolean {
  const endedByItself = finish.by === 'eos' || finish.by === 'stop';
  const isAnswer = finish.unified === 'stop' || finish.unified === 'tool-calls';
  return endedByItself && isAnswer && schemaIssue === undefined && (decision === undefined || isGood(decision));
}

function isGood({ status }: Decision): boolean {
  return status === 'accepted' || status === 'unverified';
}
