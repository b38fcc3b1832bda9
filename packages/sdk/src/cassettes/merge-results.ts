import { AbortedError } from '../errors/aborted-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { GenerateResult } from '../spec/result.ts';
import { drawFailure } from '../strategy/draw-failure.ts';

/**
 * One result of the parts of a request that were answered apart.
 *
 * As in a leaf, a part that failed makes the result short where another part succeeded, and is thrown otherwise, with
 * all charges.
 */
export function mergeResults(settled: readonly PromiseSettledResult<GenerateResult>[], wanted: number): GenerateResult {
  const results = settled.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
  const failure = settled.find((part) => part.status === 'rejected')?.reason as Error | undefined;
  if (failure === undefined) return merge(results);
  if (failure instanceof AbortedError && failure.partial !== undefined) {
    const partial = merge([...results, failure.partial]);
    const error = new AbortedError(failure.message, { partial, cause: failure.cause });
    error.charges = partial.charges;
    throw error;
  }
  const failed = TollgateError.isInstance(failure) ? failure.charges : [];
  const charges = [...results.flatMap((result) => result.charges), ...failed];
  if (results.length === 0 || drawFailure(failure) === 'not-for-cores') {
    if (TollgateError.isInstance(failure)) failure.charges = charges;
    throw failure;
  }
  const short = merge(results);
  const message = `${short.candidates.length} of ${wanted} samples: ${failure.message}`;
  return { ...short, charges, warnings: [...short.warnings, { code: 'short', option: 'samples', message }] };
}

function merge(results: readonly GenerateResult[]): GenerateResult {
  const [first] = results;
  if (first === undefined) throw new TollgateError('internal', 'There is no part to merge.');
  if (results.length === 1) return first;
  return {
    ...first,
    candidates: results.flatMap((result) => result.candidates),
    charges: results.flatMap((result) => result.charges),
    warnings: results.flatMap((result) => result.warnings),
  };
}
