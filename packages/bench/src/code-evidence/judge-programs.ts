import { type Candidate, rootContext, textOf, type Verdict } from '@tollgate/sdk';
import { extractCode, parses, passesTests, type Sandbox, sourceCode, splitAsserts } from '@tollgate/verifier';
import { programRequest } from './program-request.ts';
import type { ProblemSamples } from './recorded-programs.ts';

/** Filters of programs, cheapest first. `all tests` is what grades them. */
export const filters = ['parse', 'first 1 test', 'first 3 tests', 'all tests'] as const;
export type Filter = (typeof filters)[number];

/** What a filter said about a program, and the sandbox's seconds. */
export interface Judgement {
  readonly status: Verdict['status'];
  readonly seconds: number;
}

/** A sample as far as it counts: which program it is, and what every filter said about that. */
export interface JudgedSample {
  /** The same for equal programs; absent where the answer holds none. */
  readonly answer: string | undefined;
  readonly by: Readonly<Record<Filter, Judgement>>;
}

/**
 * Runs every different program of a problem through every filter, one after the other. Programs run behind the imports and
 * functions that stand above the signature in the problem, as completions of it would.
 */
export async function judgePrograms(
  { problem, candidates }: ProblemSamples,
  sandbox: Sandbox,
): Promise<readonly JudgedSample[]> {
  const { prompt, entry_point: entryPoint, test } = problem;
  const above = prompt.slice(0, prompt.indexOf(`def ${entryPoint}(`));
  const source = (candidate: Candidate): string | undefined => {
    const code = extractCode(textOf(candidate), 'python');
    return code === undefined ? undefined : `${above}\n${code}`;
  };
  const scorers = {
    parse: parses({ sandbox, source }),
    'first 1 test': passesTests({ sandbox, source, first: 1 }),
    'first 3 tests': passesTests({ sandbox, source, first: 3 }),
    'all tests': passesTests({ sandbox, source }),
  };
  const request = { ...programRequest(problem), evidence: { tests: splitAsserts(test, entryPoint) } };
  const sameCode = sourceCode({ language: 'python' });
  const known = new Map<string | undefined, JudgedSample>();
  for (const candidate of candidates) {
    const answer = sameCode.key(candidate);
    if (known.has(answer)) continue;
    const judge = async (filter: Filter): Promise<Judgement> => {
      const { verdicts } = await scorers[filter].score({ request, candidates: [candidate], context: rootContext() });
      return { status: verdicts[0]?.status ?? 'error', seconds: secondsOf(verdicts[0]) };
    };
    known.set(answer, {
      answer,
      by: {
        parse: await judge('parse'),
        'first 1 test': await judge('first 1 test'),
        'first 3 tests': await judge('first 3 tests'),
        'all tests': await judge('all tests'),
      },
    });
  }
  return candidates.flatMap((candidate) => known.get(sameCode.key(candidate)) ?? []);
}

function secondsOf(verdict: Verdict | undefined): number {
  const { evidence } = verdict ?? {};
  if (typeof evidence !== 'object' || evidence === null || !('seconds' in evidence)) return 0;
  return Number(evidence['seconds']);
}
