import { AbortedError } from '../errors/aborted-error.ts';
import type { Charge } from '../spec/result.ts';
import type { Span } from '../spec/trace.ts';

/** The error of a call that was aborted while it waited: a partial result without an answer, with what was charged. */
export function abortedUnanswered(
  message: string,
  facts: { readonly span: Span; readonly charges: readonly Charge[]; readonly cause: unknown },
): AbortedError {
  facts.span.end('aborted');
  const error = new AbortedError(message, {
    cause: facts.cause,
    partial: {
      candidates: [],
      charges: facts.charges,
      decision: { status: 'unverified', reason: 'the call was aborted before anything was answered' },
      warnings: [],
      trace: facts.span.toNode(),
    },
  });
  error.charges = facts.charges;
  return error;
}
