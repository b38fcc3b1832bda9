import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { outcomeLines } from '../support/example-workload.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('tasks');
const tollgate = async (...args: readonly string[]): Promise<CliRun> => runCli(args, { cwd: folder });

describe('tasks arithmetic', () => {
  it('makes the same tasks for the same seed, on stdout or in a file', async () => {
    const args = ['tasks', 'arithmetic', '--steps', '1..3', '--count', '9', '--seed', '7'];
    const [first, filed, other] = await Promise.all([
      tollgate(...args),
      tollgate(...args, '--out', 'tasks.jsonl'),
      tollgate(...args.slice(0, -1), '8'),
    ]);
    expect([first.code, filed.code, other.code]).toEqual([0, 0, 0]);
    const tasks = first.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly id: string });
    expect(tasks).toHaveLength(9);
    expect(tasks[0]).toMatchObject({
      id: 'arithmetic-7-0001',
      prompt: expect.stringMatching(/^Compute .+\.$/),
      check: { kind: 'number' },
      class: 'steps-1',
    });
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(9);
    expect(first.stderr).toBe('');
    expect(filed).toMatchObject({ stdout: '', stderr: '9 tasks in tasks.jsonl\n' });
    expect(readFileSync(join(folder, 'tasks.jsonl'), 'utf8')).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });
});

describe('report', () => {
  it('shows the JSON of an earlier run again: as a table, as a page, as it was', async () => {
    writeFileSync(join(folder, 'outcomes.jsonl'), outcomeLines().join('\n'));
    const solved = await tollgate(
      'solve',
      '--replay',
      'outcomes.jsonl',
      '--strategy',
      'single:small',
      '--strategy',
      'single:big',
      '--json',
    );
    writeFileSync(join(folder, 'run.json'), solved.stdout);
    writeFileSync(
      join(folder, 'other.json'),
      '{"tasks":4,"notes":[],"models":[],"strategies":[{}],"ledger":{"spentUsd":0}}',
    );
    const [table, json, foreign, missing] = await Promise.all([
      tollgate('report', 'run.json', '--report', 'page.html'),
      tollgate('report', 'run.json', '--json'),
      tollgate('report', 'other.json'),
      tollgate('report', 'none.json'),
    ]);
    expect(table).toMatchObject({ code: 0, stderr: 'wrote page.html\n' });
    expect(table.stdout).toMatch(/\* +single:big +75\.0 \[/);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('single:big');
    expect(json).toEqual({ code: 0, stdout: solved.stdout, stderr: '' });
    expect(foreign).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'tollgate: other.json is neither the JSON of a run nor a ledger. Make one with: tollgate solve … --json > other.json\n',
    });
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^tollgate: none\.json could not be read\. Name a file/),
    });
  });
});
