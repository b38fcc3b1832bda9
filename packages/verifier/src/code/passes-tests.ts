import { type GenerateRequest, InvalidOptionError, type Scorer } from '@tollgate/sdk';
import type { CodeLanguage, Sandbox, SandboxRun } from '../sandbox/sandbox.ts';
import { sandboxVerdict } from './sandbox-verdict.ts';
import { sourceScorer, type SourceOptions, type SourceVerdict } from './source-scorer.ts';
import { splitAsserts } from './split-asserts.ts';

const maxFailureCharacters = 300;

/** What `passesTests` may be given. */
export interface PassesTestsOptions extends SourceOptions {
  /** Where programs and tests are run. Their language is its. */
  readonly sandbox: Sandbox;
  /** Run only this many tests, from the first. Whole number, 1 or more. @defaultValue all */
  readonly first?: number;
  /** Milliseconds for a candidate and its tests together. @defaultValue the sandbox's own, 3000 unless said otherwise */
  readonly timeoutMs?: number;
  /** Run no test after one that failed; the score then counts those before it. @defaultValue true */
  readonly stopAtFirstFailure?: boolean;
}

/**
 * Runs the tests that a request brings along (`evidence.tests`) on every candidate: accepts when all that were asked for pass,
 * rejects when one fails, `timeout` when time ended it, `error` when the sandbox failed; abstains where there are no tests.
 *
 * The score is the share of the tests that passed. The evidence has `passed`, `failed`, `of`, `seconds` and a `firstFailure`.
 * Tests given as one Python string are split by `splitAsserts`; any other string is one test. A program and its tests run
 * in one interpreter: tests that a program knows it can be written to pass.
 *
 * Source: the execution filters of arXiv 2506.10056.
 *
 * @throws InvalidOptionError for an option that cannot be meant. Scoring throws it where tests never call what they define.
 *
 * @example
 * const firstThree = passesTests({ sandbox: pyodideSandbox(), first: 3 });
 * const { verdicts } = await firstThree.score({ request, candidates, context: rootContext() });
 */
export function passesTests(options: PassesTestsOptions): Scorer {
  const { sandbox, first, timeoutMs, stopAtFirstFailure = true, ...source } = options;
  if (first !== undefined && (!Number.isInteger(first) || first < 1)) {
    throw new InvalidOptionError('first', `first must be a whole number 1 or more, received ${first}.`);
  }
  if (timeoutMs !== undefined && (!Number.isInteger(timeoutMs) || timeoutMs < 1)) {
    throw new InvalidOptionError('timeoutMs', `timeoutMs must be a whole number 1 or more, received ${timeoutMs}.`);
  }
  const { language } = sandbox;
  const name = first === undefined ? 'passes-tests' : `passes-first-${first}`;
  return sourceScorer({ name, basis: 'behaviour', language, ...source }, async (sources, { request }) => {
    const tests = testsOf(request, language).slice(0, first);
    if (tests.length === 0) return undefined;
    const settings = {
      keepGoing: !stopAtFirstFailure,
      ...(timeoutMs !== undefined && { limits: { wallMs: timeoutMs } }),
      ...(request.signal !== undefined && { signal: request.signal }),
    };
    return Promise.all(
      sources.map((each) =>
        sandboxVerdict(sandbox.run({ source: each, tests }, settings), (run) => verdictOn(run, tests)),
      ),
    );
  });
}

function testsOf({ evidence }: GenerateRequest, language: CodeLanguage): readonly string[] {
  const tests = evidence?.tests ?? [];
  if (typeof tests !== 'string') return tests;
  if (tests.trim() === '') return [];
  return language === 'python' ? splitAsserts(tests) : [tests];
}

function verdictOn(run: SandboxRun, tests: readonly string[]): SourceVerdict {
  const passed = run.tests.filter((test) => test.passed).length;
  const failure = firstFailure(run, tests);
  return {
    status: run.status === 'ok' ? 'accept' : run.status === 'timeout' ? 'timeout' : 'reject',
    score: passed / tests.length,
    evidence: {
      passed,
      failed: run.tests.length - passed,
      of: tests.length,
      seconds: run.seconds,
      ...(failure !== undefined && { firstFailure: failure.slice(0, maxFailureCharacters) }),
    },
  };
}

/** Which test failed first and why, or why the program itself did. */
function firstFailure({ status, error, tests: done }: SandboxRun, tests: readonly string[]): string | undefined {
  if (status === 'ok') return undefined;
  const failed = done.findIndex((test) => !test.passed);
  const why = failed === -1 ? error : done[failed]?.error;
  // Where none had failed, the one that was running ended it, or the program before them.
  const at = failed !== -1 ? failed : done.length > 0 ? done.length : undefined;
  const test = at === undefined ? undefined : tests[at];
  if (at === undefined || test === undefined) return why;
  const shown = test.includes('\n') ? `test ${at + 1}` : test;
  return `${shown}: ${why ?? 'failed'}`;
}
