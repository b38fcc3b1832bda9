import type { JsonObject } from '../../spec/json.ts';
import type { Finish } from '../../spec/result.ts';
import { type Fields, fieldsOf, textOf } from '../json-fields.ts';

/** What the answer of a response is like, which its status does not say. */
export interface AnswerKind {
  /** It holds tool calls. */
  readonly called: boolean;
  /** It is a refusal in words of its own field. */
  readonly refused: boolean;
}

/** Translates how a response ended: its `status`, and its `incomplete_details` where it is not whole. */
export function readResponsesFinish(response: Fields, { called, refused }: AnswerKind): Finish {
  const status = textOf(response['status']) ?? 'completed';
  if (status === 'completed') {
    return { unified: called ? 'tool-calls' : refused ? 'refusal' : 'stop', raw: status, by: 'eos' };
  }
  if (status === 'cancelled') return { unified: 'aborted', raw: status, by: 'aborted' };
  const reason = textOf(fieldsOf(response['incomplete_details'])?.['reason']);
  const raw = reason ?? status;
  switch (reason) {
    case 'max_output_tokens':
      return { unified: 'length', raw, by: 'length' };
    case 'content_filter':
      return { unified: 'content-filter', raw, by: 'eos' };
    default:
      return { unified: 'other', raw, by: 'eos' };
  }
}

/** How a candidate's end is said in a response. What was cut is never called complete. */
export function writeResponsesFinish(finish: Finish): {
  readonly status: 'completed' | 'incomplete';
  readonly incomplete_details: JsonObject | null;
} {
  switch (finish.unified) {
    case 'length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    case 'content-filter':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    case 'aborted':
    case 'error':
      return { status: 'incomplete', incomplete_details: {} };
    case 'stop':
    case 'tool-calls':
    case 'refusal':
    case 'other':
      return { status: 'completed', incomplete_details: null };
    default:
      return finish.unified satisfies never;
  }
}
