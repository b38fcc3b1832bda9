import {
  AbortedError,
  type Evidence,
  InvalidOptionError,
  rootContext,
  type Scorer,
  type ScoreResult,
  TollgateError,
} from '@tollgate/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { ScriptedSandbox } from '../__fixtures__/scripted-sandbox.ts';
import { quickjsSandbox } from '../sandbox/quickjs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { passesTests } from './passes-tests.ts';

const answers = (...codes: readonly string[]) =>
  codes.map((code, i) => candidate(`\`\`\`python\n${code}\n\`\`\``, 'eos', `c${i}`));

async function score(
  scorer: Scorer,
  tests: Evidence['tests'],
  candidates = answers('f = 1'),
  signal?: AbortSignal,
): Promise<ScoreResult> {
  const evidence = tests === undefined ? {} : { evidence: { tests } };
  const request = { messages: [], ...evidence, ...(signal !== undefined && { signal }) };
  return scorer.score({ request, candidates, context: rootContext() });
}

const passed = { passed: true };
const failed = { passed: false, error: 'AssertionError: no' };

describe('passesTests', () => {
  it.each([
    ['all pass', { tests: [passed, passed] }, 'accept', 1, { passed: 2, failed: 0 }],
    [
      'one fails',
      { status: 'failed', error: 'AssertionError: no', tests: [passed, failed] },
      'reject',
      0.5,
      { passed: 1, failed: 1, firstFailure: 'assert f(2): AssertionError: no' },
    ],
    [
      'the program fails',
      { status: 'failed', error: 'SyntaxError: bad', tests: [] },
      'reject',
      0,
      { passed: 0, failed: 0, firstFailure: 'SyntaxError: bad' },
    ],
    [
      'the program leaves in a test',
      { status: 'failed', error: 'Exit: gone', tests: [passed] },
      'reject',
      0.5,
      { passed: 1, failed: 0, firstFailure: 'assert f(2): Exit: gone' },
    ],
    [
      'time ends it',
      { status: 'timeout', error: 'Timeout: 1 ms', tests: [passed] },
      'timeout',
      0.5,
      { passed: 1, failed: 0, firstFailure: 'assert f(2): Timeout: 1 ms' },
    ],
    ['memory ends it', { status: 'memory', error: 'MemoryError' }, 'reject', 0, { firstFailure: 'MemoryError' }],
    ['it crashes', { status: 'crashed', error: 'Crash: x' }, 'reject', 0, { firstFailure: 'Crash: x' }],
  ] as const)('says what came of it where %s', async (_, run, status, share, evidence) => {
    const sandbox = new ScriptedSandbox(() => run);
    const { verdicts, charges } = await score(passesTests({ sandbox }), ['assert f(1)', 'assert f(2)']);
    expect(verdicts).toMatchObject([
      { candidateId: 'c0', status, score: share, evidence: { of: 2, seconds: 0.5, ...evidence } },
    ]);
    expect(charges).toEqual([]);
  });

  it.each([
    ['a list as it is', ['assert f(1)\nassert f(2)', 'assert f(3)'], ['assert f(1)\nassert f(2)', 'assert f(3)']],
    ['a text by its assertions', 'assert f(1)\nassert f(2)', ['assert f(1)', 'assert f(2)']],
  ])('takes %s', async (_, tests, expected) => {
    const sandbox = new ScriptedSandbox(() => ({}));
    await score(passesTests({ sandbox }), tests);
    expect(sandbox.asked).toMatchObject([{ program: { source: 'f = 1', tests: expected } }]);
  });

  it.each([undefined, [], '', '  \n'])('abstains on all where there are no tests: %j', async (tests) => {
    const sandbox = new ScriptedSandbox(() => ({}));
    const { verdicts } = await score(passesTests({ sandbox }), tests, [...answers('f = 1'), candidate('No.')]);
    expect(verdicts.map(({ status }) => status)).toEqual(['abstain', 'abstain']);
    expect(sandbox.asked).toEqual([]);
  });

  it('runs only the first tests, and gives its options to the sandbox', async () => {
    const sandbox = new ScriptedSandbox(() => ({ tests: [passed] }));
    const scorer = passesTests({ sandbox, first: 1, timeoutMs: 1234, stopAtFirstFailure: false });
    const { verdicts } = await score(scorer, ['assert f(1)', 'assert f(2)']);
    expect(scorer.name).toBe('passes-first-1');
    expect(verdicts).toMatchObject([{ status: 'accept', score: 1, evidence: { of: 1 } }]);
    expect(sandbox.asked).toEqual([
      { program: { source: 'f = 1', tests: ['assert f(1)'] }, options: { keepGoing: true, limits: { wallMs: 1234 } } },
    ]);
  });

  it('rejects an answer without code, and keeps the order of the others', async () => {
    const sandbox = new ScriptedSandbox(({ source }) => (source === 'good' ? {} : { status: 'failed', error: 'X: y' }));
    const mixed = [candidate('No idea.', 'eos', 'none'), ...answers('bad', 'good')];
    const { verdicts } = await score(passesTests({ sandbox }), ['t'], mixed);
    expect(verdicts.map(({ candidateId, status }) => [candidateId, status])).toEqual([
      ['none', 'reject'],
      ['c0', 'reject'],
      ['c1', 'accept'],
    ]);
  });

  it('takes the program from where it is told to', async () => {
    const sandbox = new ScriptedSandbox(() => ({}));
    const source = (each: { readonly id: string }): string => `program of ${each.id}`;
    await score(passesTests({ sandbox, source }), ['t'], [candidate('text', 'eos', 'x')]);
    expect(sandbox.asked[0]?.program.source).toBe('program of x');
  });

  it('says error where the sandbox failed, and throws what is wrong with the set-up', async () => {
    const failing = (code: 'sandbox-unavailable' | 'missing-library'): ScriptedSandbox =>
      new ScriptedSandbox(() => {
        throw new TollgateError(code, 'not there');
      });
    const { verdicts } = await score(passesTests({ sandbox: failing('sandbox-unavailable') }), ['t']);
    expect(verdicts).toEqual([{ candidateId: 'c0', status: 'error', evidence: { error: 'not there' } }]);
    await expect(score(passesTests({ sandbox: failing('missing-library') }), ['t'])).rejects.toThrow('not there');
  });

  it('writes the seconds of all candidates into the trace', async () => {
    const context = rootContext();
    const sandbox = new ScriptedSandbox(() => ({}));
    const request = { messages: [], evidence: { tests: ['t'] } };
    await passesTests({ sandbox }).score({ request, candidates: answers('a', 'b'), context });
    expect(context.span.toNode().values).toEqual({ sandboxSeconds: 1 });
  });

  it.each([{ first: 0 }, { first: 1.5 }, { timeoutMs: 0 }, { timeoutMs: Number.NaN }])('refuses %j', (options) => {
    const sandbox = new ScriptedSandbox(() => ({}));
    expect(() => passesTests({ sandbox, ...options })).toThrow(InvalidOptionError);
  });

  it('refuses tests that never call what they define', async () => {
    const sandbox = new ScriptedSandbox(() => ({}));
    const tests = 'def check(candidate):\n    assert candidate() == 1';
    await expect(score(passesTests({ sandbox }), tests)).rejects.toThrow(InvalidOptionError);
  });

  describe('in a sandbox', () => {
    let sandbox: Sandbox;
    beforeAll(() => {
      sandbox = quickjsSandbox({ concurrency: 2 });
    });
    afterAll(() => sandbox.close());

    it('tells right programs from wrong ones, all in one call', async () => {
      const candidates = ['a + b', 'a - b', 'a +', '(() => { for (;;); })()'].map((body, i) =>
        candidate(`\`\`\`ts\nexport const add = (a: number, b: number): number => ${body};\n\`\`\``, 'eos', `c${i}`),
      );
      const scorer = passesTests({ sandbox, timeoutMs: 300 });
      const tests = ['assert.equal(add(2, 0), 2);', 'assert.equal(add(2, 2), 4);'];
      const { verdicts } = await score(scorer, tests, candidates);
      expect(verdicts).toMatchObject([
        { status: 'accept', score: 1 },
        { status: 'reject', score: 0.5, evidence: { firstFailure: expect.stringContaining('0 is not 4') } },
        { status: 'reject', score: 0, evidence: { firstFailure: expect.stringContaining('SyntaxError') } },
        { status: 'timeout', score: 0 },
      ]);
    });

    it('ends with the signal of the request', async () => {
      const abort = new AbortController();
      const candidates = [candidate('```js\nfor (;;);\n```')];
      const scoring = score(passesTests({ sandbox, timeoutMs: 60_000 }), ['1;'], candidates, abort.signal);
      abort.abort();
      await expect(scoring).rejects.toThrow(AbortedError);
    });
  });
});
