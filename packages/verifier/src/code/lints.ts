import { InvalidOptionError, type Scorer } from '@tollgate/sdk';
import type { CodeLanguage } from '../sandbox/sandbox.ts';
import { sourceScorer, type SourceOptions } from './source-scorer.ts';

/** What `lints` may be given. */
export interface LintsOptions extends SourceOptions {
  readonly language: CodeLanguage;
  /** Errors in each program, in their order, whole numbers 0 or more; warnings do not count. All at once, because linters are slow to start. */
  readonly run: (sources: readonly string[], options: { readonly signal?: AbortSignal }) => Promise<readonly number[]>;
}

/**
 * Accepts programs in which a linter of yours finds no error. The score is minus the number of errors.
 *
 * Source: the `lint` filter of arXiv 2506.10056 (an error is a message of pylint's classes E and F). Programs are only read by a
 * linter, but some linters import what they read: run those in a sandbox.
 *
 * Scoring throws InvalidOptionError where `run` does not give a number for each program.
 */
export function lints({ run, ...options }: LintsOptions): Scorer {
  return sourceScorer({ name: 'lints', basis: 'form', ...options }, async (sources, { request: { signal } }) => {
    if (sources.length === 0) return [];
    const errors = await run(sources, signal === undefined ? {} : { signal });
    if (errors.length !== sources.length || !errors.every((count) => Number.isInteger(count) && count >= 0)) {
      throw new InvalidOptionError(
        'run',
        `run must give a whole number 0 or more for each of ${sources.length} programs, received ${JSON.stringify(errors)}.`,
      );
    }
    return errors.map((count) => ({
      status: count === 0 ? 'accept' : 'reject',
      score: 0 - count,
      evidence: { errors: count },
    }));
  });
}
