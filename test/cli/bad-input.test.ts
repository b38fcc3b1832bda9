import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { writeKnownAnswerGguf } from '@tollgate/sdk/known-answer';
import { exampleTasks, outcomeLines, writeRecording, writeTasks } from '../support/example-workload.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('bad-input');
const put = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
const solve = async (line: string): Promise<CliRun> => runCli(['solve', ...line.split(' ')], { cwd: folder });

const llama = (modelPath: string): string =>
  JSON.stringify({
    models: {
      local: { kind: 'llama-cpp', modelPath, price: { kind: 'hardware', usdPerHour: 0.1, watts: 60, usdPerKwh: 0.3 } },
    },
  });

/** Acts as if a package were not installed. */
const hideLlama = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier !== 'node-llama-cpp') return next(specifier, context);
    throw Object.assign(new Error("Cannot find package 'node-llama-cpp'"), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
`;

beforeAll(async () => {
  writeTasks(folder);
  await writeRecording(folder);
  put('outcomes.jsonl', outcomeLines().join('\n'));
  put('empty.jsonl', '');
  const task = JSON.stringify(exampleTasks[0]);
  put(
    'broken.jsonl',
    `${task}\n{"id":"half",\n{"id":"x","prompt":"?","check":{"kind":"nmuber","answer":1}}\n{"id":"y","promt":"?","check":{"kind":"exact","answer":"1"}}\n`,
  );
  put('twice.jsonl', `${task}\n${task}\n`);
  put('array.jsonl', JSON.stringify(exampleTasks, null, 2));
  writeTasks(folder, 'unrecorded.jsonl', [
    { id: 'new', prompt: 'What is 2 times 5?', check: { kind: 'number', answer: 10 } },
  ]);
  put('missing.json', llama('./none.gguf'));
  put('corrupt.json', llama('./corrupt.gguf'));
  put('corrupt.gguf', 'this is no model at all');
  put('whole.json', llama('./whole.gguf'));
  writeKnownAnswerGguf(join(folder, 'whole.gguf'), {
    vocabulary: ['a'],
    probabilities: { '<s>': { a: 1 }, a: { a: 1 } },
  });
  put('truncated.json', llama('./truncated.gguf'));
  put('truncated.gguf', Buffer.from('GGUF\u0003\u0000\u0000\u0000\u0010\u0000', 'latin1'));
  put('hide.mjs', hideLlama);
  put('broken.config.json', '{"models":{"a":{"kind":"llama-cp"}}}');
  put(
    'bad-outcomes.jsonl',
    `${outcomeLines()[0]}\n{"task":"a","model":"small","sample":0,"answer":"1","correct":true}\n`,
  );
});

const replay = '--replay recording.jsonl --budget 0.1';

/** What is typed, the exit code, and what is said. Nothing of it may reach stdout. */
const cases: readonly (readonly [line: string, code: number, says: RegExp])[] = [
  // Task files
  [`none.jsonl ${replay}`, 1, /^tollgate: The task file none\.jsonl could not be read: ENOENT/],
  [`empty.jsonl ${replay}`, 1, /empty\.jsonl has 1 problem:\n {2}the file is empty\.\nA line looks like this: \{"id"/],
  [
    `broken.jsonl ${replay}`,
    1,
    /broken\.jsonl has [34] problems:\n {2}line 2: not JSON: .*\n {2}line 3: check\.kind must be one of number, exact, regex, choice, set, expression, text, received "nmuber"\. Did you mean "number"\?\n {2}line 4: the field "promt" is unknown; did you mean "prompt"\?/,
  ],
  [`twice.jsonl ${replay}`, 1, /line 2: the id "double-1" is already used in line 1; every task needs its own\./],
  [`array.jsonl ${replay}`, 1, /This looks like a JSON array\. Write one task a line/],
  [replay, 2, /^tollgate: Name a task file: tollgate solve tasks\.jsonl/],
  // Budgets
  [
    'tasks.jsonl --replay recording.jsonl',
    2,
    /^tollgate: Say what the run may cost at most, in US dollars: --budget 0\.50/,
  ],
  [
    'tasks.jsonl --replay recording.jsonl --budget -1',
    2,
    /Expected US dollars above 0, for example 0\.50; received "-1"/,
  ],
  [
    'tasks.jsonl --replay recording.jsonl --budget 0',
    2,
    /Expected US dollars above 0, for example 0\.50; received "0"/,
  ],
  [
    'tasks.jsonl --replay recording.jsonl --budget NaN',
    2,
    /Expected US dollars above 0, for example 0\.50; received "NaN"/,
  ],
  // Names
  [
    `tasks.jsonl ${replay} --strategy vote:smal:3`,
    2,
    /names the model "smal", which is not in the pool\. Did you mean "small"\? The pool has small, big\./,
  ],
  [`tasks.jsonl ${replay} --strategy votee:small:3`, 2, /there is no form "votee"\. Did you mean "vote"\?/],
  [
    `tasks.jsonl ${replay} --strategy frugal`,
    2,
    /There is no strategy "frugal"\. The configuration names none; a short form such as vote:MODEL:8/,
  ],
  [
    'tasks.jsonl --budget 1',
    2,
    /There is no configuration that names models\. Write a tollgate\.config\.ts, name one with --config, or answer from a recording/,
  ],
  ['tasks.jsonl --budget 1 --config none.ts', 1, /There is no configuration at .*none\.ts\. Check --config\./],
  [
    'tasks.jsonl --budget 1 --config broken.config.json',
    1,
    /broken\.config\.json has 1 problem:\n {2}models\.a\.kind: /,
  ],
  // Files to replay
  ['tasks.jsonl --replay none.gz --budget 1', 1, /^tollgate: none\.gz could not be read: ENOENT.*Check --replay\./],
  [
    '--replay outcomes.jsonl --strategy single:middle',
    2,
    /names the model "middle", which is not in the pool\. The pool has small, big\./,
  ],
  [
    'tasks.jsonl --replay outcomes.jsonl',
    2,
    /A table of outcomes has its own tasks and verdicts; leave out "tasks\.jsonl"\./,
  ],
  [
    '--replay outcomes.jsonl --out o.jsonl',
    2,
    /A table of outcomes is replayed in one go; keep its figures with --json > FILE\./,
  ],
  ['--replay bad-outcomes.jsonl', 1, /bad-outcomes\.jsonl has 1 problem:\n {2}line 2: .*"costUsd"/],
  ['--replay outcomes.jsonl --repeats 0', 2, /Expected a whole number of 1 or more; received "0"/],
  [
    'tasks.jsonl --replay recording.jsonl --record new.jsonl --budget 1',
    2,
    /'--record <file>' cannot be used with option '--replay <file>'/,
  ],
  [`tasks.jsonl ${replay} --repeats 5`, 2, /^tollgate: --repeats is for tables of outcomes, and this run has tasks\./],
  [`tasks.jsonl ${replay} --when-exhausted drop`, 2, /^tollgate: --when-exhausted is for tables of outcomes/],
  ['--replay outcomes.jsonl --skip-invalid', 2, /A table of outcomes is read whole; mend the lines that are named\./],
  // Output
  [`tasks.jsonl ${replay} --report none/page.html`, 2, /There is no folder "none"\. Make it, or name another file\./],
  [
    `tasks.jsonl ${replay} --out none/out.jsonl`,
    1,
    /^tollgate: none\/out\.jsonl cannot be written: .* Name a file in a folder that exists/,
  ],
  [
    `tasks.jsonl ${replay} --out recording.jsonl`,
    1,
    /recording\.jsonl line 1: this is not a results file of this version\. Name another --out; nothing was changed in it\./,
  ],
];

describe('bad input', () => {
  it.concurrent.each(cases)('solve %s', async (line, code, says) => {
    const run = await solve(`${line} --json`);
    expect(run.stderr).toMatch(says);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).not.toMatch(/^ {4}at /m);
  });

  it('runs the rest of a task file where that is asked for, and says what was left out', async () => {
    const { code, stdout, stderr } = await solve(`broken.jsonl ${replay} --skip-invalid --json`);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^left out broken\.jsonl line 2: not JSON.*\nleft out broken\.jsonl line 3: check\.kind must be one of.*\nleft out broken\.jsonl line 4: /,
    );
    expect(JSON.parse(stdout)).toMatchObject({ tasks: 1, strategies: [{ accuracy: 1 }, { accuracy: 1 }] });
  });

  // The run has begun when these are found, so there is a summary of what ran: nothing.
  it.concurrent.each([
    ['missing', /There is no GGUF file at ".*none\.gguf"\. Check modelPath, or fetch the weights first\./],
    ['corrupt', /".*corrupt\.gguf" is not a GGUF file: it does not begin with "GGUF"\. Fetch it again\./],
    [
      'truncated',
      /".*truncated\.gguf" is cut off: its header speaks of 16 bytes at least and it has 10\. Fetch it again\./,
    ],
  ])('weights that are %s', async (kind, says) => {
    const { code, stdout, stderr } = await solve(`tasks.jsonl --budget 1 --config ${kind}.json --json`);
    expect(stderr).toMatch(says);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ledger: { spentUsd: 0, rows: 0 } });
  });

  it('a package that is not installed', async () => {
    const args = ['solve', 'tasks.jsonl', '--budget', '1', '--config', 'whole.json', '--json'];
    const { code, stderr } = await runCli(args, {
      cwd: folder,
      env: { NODE_OPTIONS: `--import=${join(folder, 'hide.mjs')}` },
    });
    expect(stderr).toContain(
      'tollgate: The llama.cpp adapter needs the package "node-llama-cpp". Install it: npm install node-llama-cpp\n',
    );
    expect(code).toBe(1);
  });

  it('a recording of other tasks', async () => {
    const { code, stdout, stderr } = await solve(`unrecorded.jsonl ${replay} --strategy single:small --json`);
    expect(stderr).toMatch(/tollgate: recording\.jsonl holds no answer of "small" to "What is 2 times 5\?"\./);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ledger: { spentUsd: 0, heldUsd: 0 } });
  });

  it('a task file that has changed since', async () => {
    const args = `${replay} --strategy single:small --out results.jsonl`;
    expect((await solve(`tasks.jsonl ${args}`)).code).toBe(0);
    const before = readFileSync(join(folder, 'results.jsonl'), 'utf8');
    writeTasks(
      folder,
      'changed.jsonl',
      exampleTasks.map((task, i) => (i === 1 ? { ...task, prompt: 'What is 3 times 2?' } : task)),
    );
    const { code, stdout, stderr } = await solve(`changed.jsonl ${args}`);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /results\.jsonl has a result for task "double-2", which reads differently now\..* use another --out, or the task file it was made from\./,
    );
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8')).toBe(before);
  });

  describe.skipIf(!existsSync('/dev/full'))('a disk that is full', () => {
    it('under the page: the table has been printed', async () => {
      const { code, stdout, stderr } = await solve(`tasks.jsonl ${replay} --report /dev/full`);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^4 tasks, 2 strategies\./);
      expect(stderr).toContain('tollgate: /dev/full could not be written: ENOSPC');
    });

    it('under stdout', async () => {
      const full = openSync('/dev/full', 'w');
      const { code, stderr } = await runCli(['solve', '--replay', 'outcomes.jsonl'], { cwd: folder, stdout: full });
      closeSync(full);
      expect(code).toBe(1);
      expect(stderr).toMatch(/tollgate: the output could not be written: ENOSPC.*\n$/);
    });

    it('under task files and results', async () => {
      const [tasks, results] = await Promise.all([
        runCli(['tasks', 'arithmetic', '--count', '3', '--out', '/dev/full'], { cwd: folder }),
        solve(`tasks.jsonl ${replay} --out /dev/full`),
      ]);
      expect(tasks).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^tollgate: \/dev\/full could not be written: ENOSPC/),
      });
      expect(results).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('/dev/full is not a file'),
      });
    });
  });

  it('commands and options that there are not', async () => {
    const [command, option] = await Promise.all([runCli(['slove'], { cwd: folder }), solve('tasks.jsonl --budgt 1')]);
    expect(command).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("unknown command 'slove'") });
    expect(option).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/unknown option '--budgt'\s*\(Did you mean --budget\?\)/),
    });
  });
});
