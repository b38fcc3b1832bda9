import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Candidate, Charge, Decision, GenerateResult, RawReply, Warning } from '../spec/result.ts';
import type { Span } from '../spec/trace.ts';

/** What one part of a request came to: an attempt of a leaf, or a run of a strategy. */
export interface AnsweredPart {
  readonly candidates: readonly Candidate[];
  readonly charges: readonly Charge[];
  readonly warnings: readonly Warning[];
  readonly raw?: readonly RawReply[] | undefined;
}

/** What a result of several parts is made with. */
export interface PartsOptions {
  /** The model, for messages. */
  readonly name: string;
  /** How many answers were asked for. */
  readonly samples: number;
  readonly signal: AbortSignal | undefined;
  readonly span: Span;
  readonly decide: (candidates: readonly Candidate[]) => Decision;
}

/**
 * One result of all parts of a request. Parts that failed make it short, with a warning, where others answered.
 *
 * @throws AbortedError with the partial result when the signal fired; else the error of a part, with the charges of all,
 * when nothing was answered or the error is the caller's to mend.
 */
export function resultOfParts(
  settled: readonly PromiseSettledResult<AnsweredPart>[],
  { name, samples, signal, span, decide }: PartsOptions,
): GenerateResult {
  const parts: AnsweredPart[] = [];
  const errors: unknown[] = [];
  for (const outcome of settled) {
    if (outcome.status === 'fulfilled') parts.push(outcome.value);
    else {
      errors.push(outcome.reason);
      parts.push(partOfError(outcome.reason));
    }
  }
  const candidates = joined(parts, (part) => part.candidates);
  const charges = joined(parts, (part) => part.charges);
  const warnings = [...joined(parts, (part) => part.warnings)];
  const aborted = signal?.aborted === true;
  const failure = errors.find((error) => !isShortfall(error)) ?? (candidates.length === 0 ? errors[0] : undefined);
  if (failure !== undefined && !aborted) {
    span.end('failed');
    throw chargedError(failure, { name, charges });
  }
  if (candidates.length < samples && !aborted) {
    const cause = errors.length > 0 ? messageOf(errors[0]) : 'the rest gave no answer.';
    warnings.push({
      code: 'short',
      option: 'samples',
      message: `${candidates.length} of ${samples} samples: ${cause}`,
    });
  }
  span.end(aborted ? 'aborted' : 'answered');
  const raw = joined(parts, (part) => part.raw ?? []);
  const result: GenerateResult = {
    candidates,
    charges,
    decision: decide(candidates),
    warnings,
    trace: span.toNode(),
    ...(raw.length > 0 && { raw }),
  };
  if (aborted) throw abortedError(signal, result);
  return result;
}

/** The lists of all parts in one; of a single part, its own. */
function joined<Item>(
  parts: readonly AnsweredPart[],
  listOf: (part: AnsweredPart) => readonly Item[],
): readonly Item[] {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? listOf(first) : parts.flatMap(listOf);
}

/** The caller's abort as an error, with what there was until then. */
export function abortedError(signal: AbortSignal, partial: GenerateResult): AbortedError {
  const error = new AbortedError('The call was aborted.', { partial, cause: signal.reason });
  error.charges = partial.charges;
  return error;
}

/** The error with everything that was charged; one that is not ours becomes the cause of one that can hold charges. */
export function chargedError(
  error: unknown,
  { name, charges }: { readonly name: string; readonly charges: readonly Charge[] },
): TollgateError {
  const own = TollgateError.isInstance(error)
    ? error
    : new TollgateError('internal', `${name} failed: ${messageOf(error)}`, { cause: error });
  own.charges = charges;
  return own;
}

/** What there is to keep of a part that failed. */
export function partOfError(error: unknown): AnsweredPart {
  if (AbortedError.isInstance(error) && error.partial !== undefined) return error.partial;
  return { candidates: [], charges: TollgateError.isInstance(error) ? error.charges : [], warnings: [] };
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : 'something that is not an Error was thrown.';
}

/** Failures after which the samples that did arrive are still worth having. */
function isShortfall(error: unknown): boolean {
  return ModelCallError.isInstance(error) || (TollgateError.isInstance(error) && error.code.startsWith('budget-'));
}
