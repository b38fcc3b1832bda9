import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AbortedError } from '@tollgate/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tiers, tiersHere } from './__fixtures__/tiers.ts';
import type { Sandbox } from './sandbox.ts';

const sources = {
  python: {
    hello: 'print("héé", 1 + 1, "🦉")',
    said: 'héé 2 🦉\n',
    add: 'def add(a, b):\n    print("adding")\n    return a + b',
    tests: ['assert add(1, 2) == 3', 'assert add(1, 2) == 4, "four"', 'assert add(0, 0) == 0'],
    four: 'AssertionError: four',
    raises: 'raise ValueError("x" * 9999)',
    kind: 'ValueError: xxx',
    wrong: 'def (',
    pass: 'pass',
    endless: 'while True: pass',
    name: 'print(__name__)',
  },
  javascript: {
    hello: 'console.log("héé", 1 + 1, "🦉")',
    said: 'héé 2 🦉\n',
    add: 'function add(a, b) { console.log("adding"); return a + b; }',
    tests: ['assert.equal(add(1, 2), 3)', 'assert.equal(add(1, 2), 4, "four")', 'assert.equal(add(0, 0), 0)'],
    four: 'AssertionError: four',
    raises: 'throw new RangeError("x".repeat(9999))',
    kind: 'RangeError: xxx',
    wrong: 'function (',
    pass: '',
    endless: 'for (;;);',
    name: undefined,
  },
} as const;

describe.each(tiersHere)('%s', (tier) => {
  let sandbox: Sandbox;
  let texts: (typeof sources)['python' | 'javascript'];

  beforeAll(async () => {
    sandbox = tiers[tier]({ concurrency: 2, limits: { wallMs: 20_000 } });
    texts = sources[sandbox.language];
    await sandbox.run({ source: '' });
  }, 120_000);
  afterAll(() => sandbox.close());

  it('gives back what a program prints', async () => {
    expect(await sandbox.run({ source: texts.hello })).toEqual({
      status: 'ok',
      output: texts.said,
      tests: [],
      seconds: expect.any(Number),
    });
  });

  it('stops after the first test that fails, unless it is told to go on', async () => {
    const { add: source, tests, four } = texts;
    const failed = { passed: false, error: four };
    expect(await sandbox.run({ source, tests })).toMatchObject({
      status: 'failed',
      error: four,
      output: 'adding\nadding\n',
      tests: [{ passed: true }, failed],
    });
    expect(await sandbox.run({ source, tests }, { keepGoing: true })).toMatchObject({
      status: 'failed',
      error: four,
      tests: [{ passed: true }, failed, { passed: true }],
    });
  });

  it('says what was raised, cut', async () => {
    const { status, error, tests } = await sandbox.run({ source: texts.raises, tests: [texts.pass] });
    expect({ status, tests }).toEqual({ status: 'failed', tests: [] });
    expect(error?.startsWith(texts.kind)).toBe(true);
    expect(error?.length).toBe(500);
  });

  it('compiles without running', async () => {
    const compileOnly = true;
    expect(await sandbox.run({ source: texts.endless }, { compileOnly })).toMatchObject({ status: 'ok' });
    expect(await sandbox.run({ source: texts.wrong }, { compileOnly })).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^SyntaxError: /),
    });
  });

  it('says that a program, or a test, does not compile', async () => {
    const failed = { status: 'failed', error: expect.stringMatching(/^SyntaxError: /) };
    expect(await sandbox.run({ source: texts.wrong })).toMatchObject(failed);
    expect(await sandbox.run({ source: texts.pass, tests: [texts.wrong] })).toMatchObject(failed);
  });

  it('keeps the tests that were finished when time ends the next', async () => {
    const tests = [texts.pass, texts.endless, texts.pass];
    const run = await sandbox.run({ source: texts.pass, tests }, { limits: { wallMs: 1500 } });
    expect(run).toMatchObject({ status: 'timeout', tests: [{ passed: true }] });
    expect(run.seconds).toBeGreaterThanOrEqual(1.49);
  });

  it('loads a program with tests as a module, and runs one without as a script', async () => {
    const { name: source } = texts;
    if (source === undefined) return;
    expect(await sandbox.run({ source })).toMatchObject({ output: '__main__\n' });
    expect(await sandbox.run({ source, tests: [] })).toMatchObject({ output: 'candidate\n' });
  });

  it('cuts output at its limit, whole characters', async () => {
    const { status, output } = await sandbox.run({ source: texts.hello }, { limits: { outputBytes: 3 } });
    expect(status).toBe('output');
    expect(output).toBe('hé');
  });

  it('aborts what runs', async () => {
    const abort = new AbortController();
    const running = sandbox.run({ source: texts.endless }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(running).rejects.toThrow(AbortedError);
    expect(await sandbox.run({ source: texts.hello })).toMatchObject({ status: 'ok' });
  });

  it('runs programs side by side, each with an output of its own', async () => {
    const runs = await Promise.all(
      [1, 2, 3, 4].map((i) => sandbox.run({ source: texts.hello.replace('1 + 1', `${i} + 1`) })),
    );
    expect(runs.map(({ output }) => output)).toEqual([2, 3, 4, 5].map((sum) => texts.said.replace('2', `${sum}`)));
  });
});

it.each(tiersHere)(
  '%s does not keep a process alive that has nothing else to do',
  async (tier) => {
    const script = `import { ${tier}Sandbox } from '@tollgate/verifier/sandbox';
    const { status } = await ${tier}Sandbox({ concurrency: 1 }).run({ source: '' });
    process.stdout.write(status);`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@tollgate/source',
      '--input-type=module',
      '--eval',
      script,
    ]);
    expect(stdout).toBe('ok');
  },
  120_000,
);
