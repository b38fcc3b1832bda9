import {
  type Candidate,
  type ObjectSchema,
  outputSchema,
  schemaCheck,
  type Scorer,
  textOf,
  type Verdict,
} from '@tollgate/sdk';
import { extractJson } from '../checks/json-answer.ts';
import { isCut } from '../checks/is-cut.ts';

/**
 * Accepts candidates that hold JSON, bare or in a fence, that meets a schema; rejects the others and says why in
 * `evidence.issue`. Free: it asks no model.
 *
 * @param schema A schema of zod, valibot, arktype and the like, or `{ json }`, a JSON Schema.
 * @throws InvalidOptionError for a JSON Schema that cannot be checked or that nothing can meet.
 *
 * @example
 * const shaped = matchesSchema({ json: { type: 'object', required: ['city'] } });
 */
export function matchesSchema(schema: ObjectSchema): Scorer {
  const check = schemaCheck(outputSchema(schema), 'schema');
  const verdictOn = async (candidate: Candidate): Promise<Verdict> => {
    const issue = await issueOf(candidate);
    return issue === undefined
      ? { candidateId: candidate.id, status: 'accept' }
      : { candidateId: candidate.id, status: 'reject', evidence: { issue } };
  };
  const issueOf = async (candidate: Candidate): Promise<string | undefined> => {
    const value = extractJson(textOf(candidate), { cut: isCut(candidate) });
    return value === undefined ? 'the answer holds no JSON' : (await check(value)).issue;
  };
  return {
    name: 'matches-schema',
    basis: 'form',
    score: async ({ candidates }) => ({ verdicts: await Promise.all(candidates.map(verdictOn)), charges: [] }),
  };
}
