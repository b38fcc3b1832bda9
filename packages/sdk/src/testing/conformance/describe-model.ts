import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { answerCases } from './answer-cases.ts';
import { closeCase } from './close-case.ts';
import {
  type ConformanceCase,
  type ConformanceModel,
  type ConformanceReplies,
  shortAnswers,
} from './conformance-case.ts';
import { optionCases } from './option-cases.ts';
import { spendingCases } from './spending-cases.ts';
import { streamCases } from './stream-cases.ts';
import { structureCases } from './structure-cases.ts';
import { TestBench } from './test-bench.ts';

/** How the suite is run. */
export interface DescribeModelOptions {
  /** `describe` of vitest, of node:test, or of any framework like them. */
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  /** Make the model once for all cases, for weights that take long to load. The last case closes it. @defaultValue false */
  readonly reuse?: boolean;
  /** What real weights are asked. @defaultValue 'Count from one to three.' */
  readonly prompt?: string;
  /** Cases to leave out, by their names, with the reason. */
  readonly skip?: { readonly [name: string]: string };
}

/** What a model was not asked, and why. */
export interface ConformanceGap {
  readonly name: string;
  readonly reason: string;
}

const cases: readonly ConformanceCase[] = [
  ...answerCases,
  ...streamCases,
  ...spendingCases,
  ...optionCases,
  ...structureCases,
  closeCase,
];

/**
 * The rules that every model keeps, as tests of any framework: what answers, streams, charges and errors are, what an abort
 * leaves behind, that money is held before anything is sent.
 *
 * `make` is called for every test, unless `reuse` says otherwise. Engines that can be told what to say are given the suite's `replies`, which the fake
 * providers take as they are. What a model cannot do by its own capabilities becomes a test that it says so by a warning; the
 * reason stands in the name of the test, and in the gaps that are returned.
 *
 * @throws InvalidOptionError for a name in `skip` that is no case.
 * @example
 * await describeModel('my adapter', async (replies) => {
 *   const server = await startProviderServer({ replies });
 *   return { model: myModel({ baseUrl: server.baseUrl }), close: () => server.close() };
 * }, { describe, it });
 */
export async function describeModel(
  name: string,
  make: (replies: ConformanceReplies) => ConformanceModel | Promise<ConformanceModel>,
  { describe, it, reuse = false, prompt = 'Count from one to three.', skip = {} }: DescribeModelOptions,
): Promise<readonly ConformanceGap[]> {
  const unknown = Object.keys(skip).filter((each) => !cases.some((one) => one.name === each));
  if (unknown.length > 0) {
    throw new InvalidOptionError(
      'skip',
      `skip must name cases, received "${unknown.join('", "')}". They are: ${cases.map((each) => each.name).join('; ')}.`,
    );
  }
  const bench = new TestBench(make, { reuse, prompt });
  const gaps: ConformanceGap[] = [];
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  await bench.run(shortAnswers, async (about) => {
    for (const each of cases) {
      const skipped = skip[each.name];
      const reason = skipped ?? each.gap?.(about);
      if (reason !== undefined) gaps.push({ name: each.name, reason });
      const body = reason === undefined ? each.run : skipped === undefined ? each.inGap : undefined;
      tests.push({
        name: reason === undefined ? each.name : `gap: ${each.name} (${reason})`,
        body: async () => {
          if (body !== undefined) await bench.run(reason === undefined ? each.replies : undefined, body);
          if (each === closeCase) await bench.close();
        },
      });
    }
  });
  describe(name, () => {
    for (const test of tests) it(test.name, test.body);
  });
  return gaps;
}
