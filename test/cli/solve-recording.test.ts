import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { sampleUsd, writeRecording, writeTasks } from '../support/example-workload.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What `--json` prints for programs: section C of the issue this was built from. Other fields may stand beside these. */
const interval = z.tuple([z.number(), z.number()]);
const jsonReport = z.object({
  tasks: z.int(),
  models: z.array(z.object({ name: z.string() })),
  strategies: z.array(
    z.object({
      name: z.string(),
      accuracy: z.number().min(0).max(1),
      accuracyCi95: interval,
      costUsd: z.number(),
      costOfPassUsd: z.number().nullable(),
      costOfPassCi95: z.tuple([z.number(), z.number().nullable()]).nullable(),
      attempts: z.int(),
      tokens: z.int(),
      oracleVerifier: z.literal(true).exactOptional(),
    }),
  ),
  ledger: z.object({ capUsd: z.number(), spentUsd: z.number(), heldUsd: z.number(), rows: z.int() }),
});

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('recording');
const solve = async (...args: readonly string[]) =>
  runCli(['solve', 'tasks.jsonl', '--replay', 'recording.jsonl', ...args], { cwd: folder });

beforeAll(async () => {
  writeTasks(folder);
  await writeRecording(folder);
});

describe('solve --replay recording', () => {
  it('prints JSON and nothing else on stdout, whose costs add up to what the ledger spent', async () => {
    const strategies = ['single:small', 'vote:small:3', 'cascade:small,big:3@0.6', 'mini-n:small:2x3:oracle'];
    const { code, stdout, stderr } = await solve(
      '--budget',
      '0.1',
      '--json',
      ...strategies.flatMap((name) => ['--strategy', name]),
    );
    expect(code).toBe(0);
    const report = jsonReport.parse(JSON.parse(stdout));
    expect(report.tasks).toBe(4);
    expect(report.strategies.map(({ name }) => name)).toEqual(strategies);
    expect(report.strategies).toMatchObject([
      { accuracy: 0.5, attempts: 4, tokens: 100 },
      { accuracy: 0.5, attempts: 12, tokens: 300 },
      // Tasks 1, 2 and 4 agree at once, task 3 goes on to big.
      { accuracy: 0.75, attempts: 13, tokens: 325 },
      // Two, two, two, and all six of a task that never passes.
      { accuracy: 0.75, attempts: 12, oracleVerifier: true },
    ]);
    expect(report.strategies.map(({ oracleVerifier }) => oracleVerifier)).toEqual([
      undefined,
      undefined,
      undefined,
      true,
    ]);
    const nano = report.strategies.map(({ costUsd }) => Math.round(costUsd * 1e9));
    expect(nano).toEqual([100_000, 300_000, 550_000, 300_000]);
    expect(nano.reduce((sum, cost) => sum + cost, 0)).toBe(Math.round(report.ledger.spentUsd * 1e9));
    expect(report.ledger).toMatchObject({ capUsd: 0.1, heldUsd: 0, rows: 41 });
    expect(report.strategies[0]?.costOfPassUsd).toBeCloseTo((4 * sampleUsd.small) / 2, 12);
    expect(report.models.map(({ name }) => name)).toEqual(['small', 'big']);
    expect(stderr).toMatch(/^0\/16 done {2}0 passed {2}\$0\.00 spent {2}\$0\.10 left\n/);
    expect(stderr).toMatch(/16\/16 done {2}10 passed {2}\$0\.0013 spent/);
  });

  it('prints a table, takes every model alone where no strategy is named, and writes a page', async () => {
    const { code, stdout, stderr } = await solve('--budget', '0.1', '--report', 'page.html');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^4 tasks, 2 strategies\./);
    expect(stdout).toMatch(/\* +single:small +50\.0 \[/);
    expect(stdout).toMatch(/\* +single:big +75\.0 \[/);
    expect(stdout).toMatch(/cap \$0\.10 {3}spent \$0\.0011 {3}held \$0\.00 {3}8 ledger rows/);
    expect(stderr).toContain('wrote page.html\n');
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).not.toMatch(/(?:src|href)="https?:/);
  });

  it('goes on with --out, and pays for nothing twice', async () => {
    const args = ['--budget', '0.1', '--out', 'out.jsonl', '--json', '--strategy', 'vote:small:3', '--seed', '7'];
    const first = await solve(...args);
    const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8');
    expect(lines.trimEnd().split('\n')).toHaveLength(5);
    expect(existsSync(join(folder, 'out.jsonl.ledger'))).toBe(true);
    const second = await solve(...args);
    expect([first.code, second.code]).toEqual([0, 0]);
    // Nothing ran the second time, so it tells no time.
    expect(second.stdout).toBe(first.stdout.replaceAll(/\n *"wallSeconds": [^\n]*/g, ''));
    expect(second.stderr).toContain('going on with out.jsonl: 4 results are there');
    expect(second.stderr).toContain('4/4 done');
    expect(readFileSync(join(folder, 'out.jsonl'), 'utf8')).toBe(lines);

    // Another strategy on the same file: the money of the first stays in the sum.
    const third = await solve(...args.slice(0, -4), '--strategy', 'single:big');
    const report = jsonReport.parse(JSON.parse(third.stdout));
    expect(report.strategies).toMatchObject([
      { name: 'single:big', attempts: 4 },
      { name: 'vote:small:3', attempts: 12 },
    ]);
    expect(report.ledger).toMatchObject({ spentUsd: 0.0013, heldUsd: 0, rows: 16 });
    expect(third.stderr).toMatch(/^going on .*\n0\/4 done/);
  });
});
