import { InvalidOptionError } from '@tollgate/sdk';
import { sum } from '@tollgate/stats';

/** A program and what it did on generated tests. */
export interface TestedCandidate {
  readonly id: string;
  /** Whether it passed each test. The same tests in the same order for all candidates. */
  readonly passed: readonly boolean[];
  /** Samples that are this very program. Range [1, ∞). @defaultValue 1 */
  readonly count?: number;
}

/** Candidates in order of agreement. */
export interface AgreementRanking {
  /** Best first. */
  readonly order: readonly string[];
  /** Samples in the candidate's group times tests that the group passed, by candidate id. Range [0, ∞). */
  readonly scores: { readonly [candidateId: string]: number };
}

/**
 * Dual execution agreement: ranks programs by tests that were generated as well, and of which many are wrong.
 *
 * Programs that pass the same tests are one group, which scores samples × passed tests: a group is right where many programs
 * agree and many tests agree with them. Counting passed tests alone gets worse as more candidates are drawn, for wrong tests
 * are passed by wrong programs. Equal scores: more samples of the program, then the order given.
 *
 * @param candidates Programs that ran, equal ones merged with a count or not.
 * @param testCounts How often each test was generated. Default 1 each.
 * @throws InvalidOptionError where candidates ran different numbers of tests, or a count is out of its range.
 *
 * @example
 * agreementRank([
 *   { id: 'a', passed: [true, true, false] },
 *   { id: 'b', passed: [true, true, false] },
 *   { id: 'c', passed: [true, true, true] },
 * ]); // a and b: 2 samples × 2 tests = 4; c: 1 × 3
 */
// Source: Chen et al. 2022 (CodeT), arXiv 2207.10397, section 2: f(S) = |S_x| |S_y|. Released code takes √|S_x| instead.
export function agreementRank(
  candidates: readonly TestedCandidate[],
  testCounts?: readonly number[],
): AgreementRanking {
  const tests = testCounts?.length ?? candidates[0]?.passed.length ?? 0;
  for (const count of testCounts ?? []) requireCount('testCounts', count, 0);
  const scoreOf = new Map<string, { samples: number; readonly tests: number }>();
  const ranked = candidates.map(({ id, passed, count = 1 }, place) => {
    requireCount('count', count, 1);
    if (passed.length !== tests) {
      throw new InvalidOptionError(
        'passed',
        `passed must hold an entry for each of ${tests} tests, received ${passed.length} for candidate "${id}".`,
      );
    }
    const key = passed.map(Number).join('');
    const known = scoreOf.get(key);
    const group = known ?? {
      samples: 0,
      tests: sum(passed.map((pass, test) => (pass ? (testCounts?.[test] ?? 1) : 0))),
    };
    group.samples += count;
    if (known === undefined) scoreOf.set(key, group);
    return { id, group, count, place };
  });
  const score = ({ group }: (typeof ranked)[number]): number => group.samples * group.tests;
  return {
    order: ranked.toSorted((a, b) => score(b) - score(a) || b.count - a.count || a.place - b.place).map(({ id }) => id),
    scores: Object.fromEntries(ranked.map((one) => [one.id, score(one)])),
  };
}

function requireCount(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidOptionError(
    option,
    `${option} must be a whole number of at least ${least}, received ${value}. Leave it out to count 1.`,
  );
}
