import { schemaCheck } from '../schema/schema-check.ts';
import type { JsonValue } from '../spec/json.ts';
import type { OutputSchema } from '../spec/schema.ts';
import type { Candidate } from '../spec/result.ts';
import { textOf } from '../strategy/whole-text.ts';
import { messageOf } from './result-of-parts.ts';

/**
 * Reads the answers of an attempt as the schema of the request wants them: `object` where one fits, `schemaIssue` where it
 * does not. Answers that were cut, refused, or are still calling tools are left as they are.
 */
export async function checkOutput(
  candidates: readonly Candidate[],
  schema: OutputSchema,
): Promise<readonly Candidate[]> {
  return Promise.all(
    candidates.map(async (candidate): Promise<Candidate> => {
      if (!endedByItself(candidate)) return candidate;
      const { object: _object, schemaIssue: _issue, ...rest } = candidate;
      const read = await readAnswer(textOf(candidate), schema);
      return 'issue' in read ? { ...rest, schemaIssue: read.issue } : { ...rest, object: read.json };
    }),
  );
}

/** Whether an answer is whole, so that it can be held to a schema. */
export function endedByItself({ finish }: Candidate): boolean {
  return finish.unified === 'stop' && (finish.by === 'eos' || finish.by === 'stop');
}

/** An answer as JSON and as the schema gives it back; or how it misses the schema. */
export type ReadAnswer = { readonly json: JsonValue; readonly value: unknown } | { readonly issue: string };

/** Reads a text as JSON, without mending it, and checks it. */
export async function readAnswer(text: string, schema: OutputSchema): Promise<ReadAnswer> {
  let json: JsonValue;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch (error) {
    return { issue: `the answer is not JSON: ${messageOf(error)}` };
  }
  const checked = await schemaCheck(schema, 'output')(json);
  return checked.issue === undefined ? { json, value: checked.value } : { issue: checked.issue };
}
