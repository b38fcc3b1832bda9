import type { Scorer } from '@tollgate/sdk';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { sandboxVerdict } from './sandbox-verdict.ts';
import { sourceScorer, type SourceOptions } from './source-scorer.ts';

/** What `parses` may be given. */
export interface ParsesOptions extends SourceOptions {
  /** Where programs are compiled. Their language is its. */
  readonly sandbox: Sandbox;
}

/**
 * Accepts programs that compile; nothing is run. The evidence has the seconds, and the error of a rejected one.
 *
 * Source: the `syntax` filter of arXiv 2506.10056.
 *
 * @example
 * const cheapFirst = parses({ sandbox: pyodideSandbox() });
 */
export function parses({ sandbox, ...options }: ParsesOptions): Scorer {
  const { language } = sandbox;
  return sourceScorer({ name: 'parses', basis: 'form', language, ...options }, (sources, { request: { signal } }) =>
    Promise.all(
      sources.map((source) =>
        sandboxVerdict(
          sandbox.run({ source }, { compileOnly: true, ...(signal !== undefined && { signal }) }),
          ({ status, error, seconds }) => ({
            status: status === 'ok' ? 'accept' : status === 'timeout' ? 'timeout' : 'reject',
            score: status === 'ok' ? 1 : 0,
            evidence: { seconds, ...(error !== undefined && { error }) },
          }),
        ),
      ),
    ),
  );
}
