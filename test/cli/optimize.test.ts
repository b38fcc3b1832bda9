import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('optimize');
const tollgate = async (line: string): Promise<CliRun> => runCli(line.split(' '), { cwd: folder });
const put = (name: string, content: unknown): void => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

/** The small model is right on three tasks of four, and its confidence says on which; the big one always is. */
function logLines(tasks: number): string {
  return Array.from({ length: tasks }, (_, task) =>
    ['small', 'big'].map((model) => {
      const correct = model === 'big' || task % 4 > 0;
      return JSON.stringify({
        task: `t${task}`,
        model,
        sample: 0,
        answer: correct ? 'right' : 'wrong',
        correct,
        costUsd: model === 'big' ? 1 : 0.01,
        signals: { sure: correct ? 0.9 : 0.1 + task / 1000 },
      });
    }),
  )
    .flat()
    .map((line) => `${line}\n`)
    .join('');
}

beforeAll(() => {
  put('logs.jsonl', logLines(80));
  put('few.jsonl', logLines(10));
});

describe('optimize', () => {
  it('finds the policy, writes its profile and page, and solve runs it on the same logs', async () => {
    const { code, stdout, stderr } = await tollgate(
      'optimize logs.jsonl --accuracy 1 --out profile.json --report page.html',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^policy {4}small if sure >= 0\.9 else big\naccuracy {2}100\.0 % /);
    expect(stdout).toMatch(/best single model +big +100\.0 % +\+0\.0 \[\+0\.0, \+0\.0\]/);
    expect(stderr).toBe('wrote profile.json\nwrote page.html\n');
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('small if sure &gt;= 0.9 else big (chosen)');
    const solved = await tollgate('solve --replay logs.jsonl --profile profile.json --strategy single:big --json');
    expect(solved.code).toBe(0);
    expect(JSON.parse(solved.stdout)).toMatchObject({
      strategies: [
        { name: 'small if sure >= 0.9 else big', accuracy: 1, attempts: 100, costUsd: 20.8 },
        { name: 'single:big', accuracy: 1, attempts: 80, costUsd: 80 },
      ],
    });
  });

  it('prints JSON alone, the same for the same seed', async () => {
    const line = 'optimize logs.jsonl --fallback-usd 2 --harm-usd 1 --max-calls 2 --seed 7 --json';
    const [first, again] = await Promise.all([tollgate(line), tollgate(line)]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toBe(again.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({
      chosen: { name: expect.any(String), expression: { kind: 'cascade' } },
      objective: { fallbackUsd: 2, harmUsd: 1 },
      heldOut: { accuracy: 1, accuracyCi95: [1, 1], costOfPassUsd: expect.any(Number) },
      baselines: expect.arrayContaining([expect.objectContaining({ role: 'strongest model', name: 'big' })]),
      frontier: expect.arrayContaining([expect.objectContaining({ name: 'small' })]),
      oracle: { accuracy: 1 },
    });
  });

  it.each([
    ['optimize logs.jsonl', 2, /Say what to look for, one of: --accuracy 0\.95.*received none/],
    ['optimize logs.jsonl --accuracy 0.9 --usd-per-task 1', 2, /received several/],
    ['optimize logs.jsonl --accuracy 95', 2, /Did you mean 0\.95\?/],
    ['optimize logs.jsonl --accuracy 0.9 --harm-usd 1', 2, /--harm-usd goes with --fallback-usd/],
    ['optimize few.jsonl --accuracy 0.9', 2, /few\.jsonl: only 10 tasks have samples of every model/],
    [
      'optimize none.jsonl --accuracy 0.9',
      1,
      /^tollgate: none\.jsonl has 1 problem:\n {2}it could not be read: ENOENT/,
    ],
    ['calibrate none.jsonl', 1, /^tollgate: none\.jsonl has 1 problem:\n {2}it could not be read: ENOENT/],
    ['optimize logs.jsonl --accuracy 0.9 --out no/such/profile.json', 2, /There is no folder "no\/such"/],
  ])('%s ends with %i', async (line, code, message) => {
    const run = await tollgate(line);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
  });
});

describe('calibrate', () => {
  it('promises a threshold, and writes it', async () => {
    put('many.jsonl', logLines(400));
    const { code, stdout, stderr } = await tollgate('calibrate many.jsonl --risk 0.05 --out thresholds.json');
    expect([code, stderr]).toEqual([0, 'wrote thresholds.json\n']);
    expect(stdout).toMatch(/small +sure +0\.4\d+ +5 % +400/);
    expect(JSON.parse(readFileSync(join(folder, 'thresholds.json'), 'utf8'))).toMatchObject({
      kind: 'tollgate-profile',
      models: ['small', 'big'],
    });
    const solved = await tollgate('solve --replay many.jsonl --profile thresholds.json');
    expect(solved.code).toBe(2);
    expect(solved.stderr).toMatch(/holds thresholds and no policy\. Make one with: tollgate optimize/);
  });

  it('says how many more labels it takes', async () => {
    const { code, stdout } = await tollgate('calibrate few.jsonl --risk 0.01');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No threshold can be promised on these labels\.\n/);
    expect(stdout).toMatch(/not promised: small, sure: .* About \d+ more labels are needed\./);
  });
});

describe('solve --profile', () => {
  const profile = {
    kind: 'tollgate-profile',
    version: 1,
    createdAt: '2020-01-01T00:00:00.000Z',
    expiresAt: '2020-01-31T00:00:00.000Z',
    source: 'logs.jsonl',
    models: ['smal'],
    thresholds: [],
  };
  const heldOut = { tasks: 1, accuracy: 1, accuracyCi95: [1, 1], usdPerTask: 1, usdPerTaskCi95: [1, 1] };

  it('names a model that the logs lack, and a profile that is out of date', async () => {
    put('old.json', { ...profile, policy: { name: 'smal', expression: { kind: 'single', model: 'smal' }, heldOut } });
    const { code, stderr } = await tollgate('solve --replay logs.jsonl --profile old.json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^old\.json is out of date since 2020-01-31/);
    expect(stderr).toMatch(/uses the model "smal", which is not there\. Did you mean "small"\? Given: small, big\./);
  });

  it('names the fields of a file that is no profile', async () => {
    put('broken.json', { ...profile, models: [], policy: { name: 'x', expression: { kind: 'vote' }, heldOut } });
    const { code, stderr } = await tollgate('solve --replay logs.jsonl --profile broken.json');
    expect(code).toBe(1);
    for (const field of ['models: ', 'policy.expression.model: ', 'policy.expression.samples: '])
      expect(stderr).toContain(field);
  });
});

describe('import', () => {
  const line = (doc: number, correct: number): string =>
    JSON.stringify({
      doc_id: doc,
      doc: {},
      target: '1',
      arguments: [],
      resps: [['1']],
      filtered_resps: ['1'],
      metrics: ['acc'],
      acc: correct,
    });

  it('writes a table that solve reads, from several logs', async () => {
    put('samples_a.jsonl', `${line(0, 1)}\n${line(1, 0)}\n`);
    const first = await tollgate('import lm-eval samples_a.jsonl --model small --cost-usd 0.01 --out a.jsonl');
    const second = await tollgate('import lm-eval samples_a.jsonl --model big --cost-usd 0.1');
    expect([first.code, first.stdout, first.stderr]).toEqual([0, '', '2 samples of 1 models and 2 tasks\n']);
    expect([second.code, second.stderr]).toEqual([0, '2 samples of 1 models and 2 tasks\n']);
    put('both.jsonl', readFileSync(join(folder, 'a.jsonl'), 'utf8') + second.stdout);
    const solved = await tollgate('solve --replay both.jsonl --json');
    expect(JSON.parse(solved.stdout)).toMatchObject({
      tasks: 2,
      strategies: [
        { name: 'single:small', accuracy: 0.5, costUsd: 0.02 },
        { name: 'single:big', accuracy: 0.5, costUsd: 0.2 },
      ],
    });
  });

  it.each([
    ['import lm-eval samples_a.jsonl', 1, /the log does not say which model answered\.\nName it: --model NAME/],
    ['import lm-eval samples_a.jsonl --model m', 1, /neither a cost nor tokens\.\nSay what a sample cost: --cost-usd/],
    ['import csv samples_a.jsonl', 2, /Allowed choices are inspect, lm-eval, promptfoo, helicone-csv/],
    ['import inspect none.json', 1, /^tollgate: none\.json could not be read: ENOENT/],
    ['import inspect samples_a.jsonl --correct-from much', 2, /Expected a score, for example 0\.5/],
  ])('%s ends with %i', async (command, code, message) => {
    const run = await tollgate(command);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
  });
});
