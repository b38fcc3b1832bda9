import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { exampleTasks, writeTasks } from '../support/example-workload.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * A model that logs the prompts it is asked, and on the third one does what LIVE says: dies, or is interrupted and waits for
 * the abort. A sample costs 25,000 nano-dollars, an aborted one 21,000; a call
 * holds 70,000 and needs 52,000.
 */
const config = `
import { appendFileSync, readFileSync } from 'node:fs';
import { perToken } from '@tollgate/budget';
import { defineConfig } from '@tollgate/policy';
import { defineModel } from '@tollgate/sdk';
import { textCapabilities } from '@tollgate/sdk/testing';

let calls = 0;
const slow = () => defineModel({
  provider: 'test',
  modelId: 'slow-1',
  capabilities: textCapabilities(),
  countInputTokens: () => 20,
  pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
  call: async ({ request, context, signal }) => {
    calls += 1;
    appendFileSync(process.env.CALLS, request.messages.at(-1).content + '\\n');
    if (calls === 3 && process.env.LIVE === 'dies') process.kill(process.pid, 'SIGKILL');
    if (calls === 3 && process.env.LIVE === 'interrupted') {
      process.kill(process.pid, 'SIGINT');
      await context.clock.sleep(60_000, signal).catch(() => undefined);
      const cut = { content: [], finish: { unified: 'aborted', by: 'aborted' } };
      return { candidates: [cut], usage: { inputUncached: 20, outputText: 1 } };
    }
    const n = Number(/times (\\d)/.exec(request.messages.at(-1).content)[1]);
    const text = 'The answer is ' + (n === 4 ? 0 : 2 * n) + '.';
    return { candidates: [{ content: [{ type: 'text', text }], finish: { unified: 'stop', by: 'eos' } }], usage: { inputUncached: 20, outputText: 5 } };
  },
});

export default defineConfig({
  models: { slow },
  strategies: { plain: 'single:slow' },
  limits: [{ kind: 'run', id: 'each', usd: 0.5 }],
  defaults: { maxOutputTokens: 50 },
});
`;

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('live');

beforeAll(() => {
  writeTasks(folder);
  writeFileSync(join(folder, 'tollgate.config.mjs'), config);
});

/** Runs the four tasks one after the other into `NAME.jsonl`, prompts logged in `NAME.calls`. */
async function solve(name: string, how: { readonly live?: string; readonly budget?: string } = {}): Promise<CliRun> {
  const args = [
    'solve',
    'tasks.jsonl',
    '--out',
    `${name}.jsonl`,
    '--budget',
    how.budget ?? '0.1',
    '--concurrency',
    '1',
    '--json',
  ];
  return runCli(args, { cwd: folder, env: { CALLS: join(folder, `${name}.calls`), LIVE: how.live ?? '' } });
}

const linesOf = (file: string): readonly string[] =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trimEnd().split('\n') : [];
const resultsOf = (name: string): unknown[] =>
  linesOf(`${name}.jsonl`)
    .slice(1)
    .map((line) => JSON.parse(line) as unknown);
const prompts = exampleTasks.map(({ prompt }) => prompt);

describe('solve, live', () => {
  it('survives kill -9: what was answered stands, what was in flight stays held, the rest runs', async () => {
    const killed = await solve('killed', { live: 'dies' });
    expect(killed).toMatchObject({ code: 'SIGKILL', stdout: '' });
    expect(resultsOf('killed')).toMatchObject([
      { task: 'double-1', passed: true },
      { task: 'double-2', passed: true },
    ]);
    const resumed = await solve('killed');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('going on with killed.jsonl: 2 results are there');
    expect(linesOf('killed.calls')).toEqual([...prompts.slice(0, 3), ...prompts.slice(2)]);
    const report = JSON.parse(resumed.stdout) as { ledger: { heldUsd: number }; [field: string]: unknown };
    expect(report).toMatchObject({
      strategies: [{ name: 'plain', accuracy: 0.75, costUsd: 0.0001, attempts: 5, answered: 4 }],
      ledger: { spentUsd: 0.0001, rows: 5 },
      notes: ['1 attempts were never settled (a crash, or still in flight): they count as held at their upper bound.'],
    });
    expect(report.ledger.heldUsd).toBe(0.00007);
  });

  it('settles what runs on Ctrl-C, prints the summary so far, and goes on later', async () => {
    const stopped = await solve('stopped', { live: 'interrupted' });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('stopping: settling what runs (press Ctrl-C again to stop at once)');
    expect(stopped.stderr).toContain('tollgate: stopped by the user');
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      strategies: [{ accuracy: 1, answered: 2, costUsd: 0.000071, attempts: 3 }],
      ledger: { spentUsd: 0.000071, heldUsd: 0, rows: 3 },
      notes: ['plain ran 2 of 4 tasks.'],
    });
    expect(resultsOf('stopped')).toMatchObject([
      { task: 'double-1' },
      { task: 'double-2' },
      { task: 'double-3', status: 'aborted', passed: false },
    ]);
    const resumed = await solve('stopped');
    expect(resumed.code).toBe(0);
    expect(linesOf('stopped.calls')).toEqual([...prompts.slice(0, 3), ...prompts.slice(2)]);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      strategies: [{ accuracy: 0.75, answered: 4, costUsd: 0.000121, attempts: 5 }],
      ledger: { spentUsd: 0.000121, heldUsd: 0, rows: 5 },
    });
  });

  it('stops at the budget with the summary, goes on with a higher one, and heeds the cap of the configuration', async () => {
    const small = await solve('capped', { budget: '0.0001' });
    expect(small.code).toBe(3);
    expect(small.stderr).toMatch(
      /tollgate: stopped by the budget: run "run-[0-9a-f-]+" has \$0\.00005 of \$0\.0001 left; this call needs at least \$0\.000052/,
    );
    const { strategies, ledger } = JSON.parse(small.stdout) as {
      strategies: { answered: number }[];
      ledger: { spentUsd: number; capUsd: number; heldUsd: number };
    };
    const answered = strategies[0]?.answered ?? 0;
    expect(answered).toBe(2);
    expect(ledger).toMatchObject({ capUsd: 0.0001, heldUsd: 0 });
    expect(ledger.spentUsd).toBe(0.00005);
    const large = await solve('capped', { budget: '3' });
    expect(large.code).toBe(0);
    expect(large.stderr).toContain('the configuration caps every run at $0.5, below --budget');
    expect(JSON.parse(large.stdout)).toMatchObject({
      strategies: [{ answered: 4 }],
      ledger: { capUsd: 0.5, spentUsd: 0.0001 },
    });
    expect(linesOf('capped.calls')).toEqual(prompts);
  });

  it('asks nobody where the budget is too small for one call', async () => {
    const { code, stdout, stderr } = await solve('poor', { budget: '0.000001' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/stopped by the budget: .* has \$0\.000001 of \$0\.000001 left; this call needs at least/);
    expect(JSON.parse(stdout)).toMatchObject({
      strategies: [{ answered: 0, costUsd: 0 }],
      ledger: { spentUsd: 0, rows: 0 },
      notes: ['plain ran 0 of 4 tasks.'],
    });
    expect(linesOf('poor.calls')).toEqual([]);
  });

  it('refuses to go on without the ledger that the results were paid from', async () => {
    writeFileSync(
      join(folder, 'orphan.jsonl'),
      linesOf('killed.jsonl')
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { code, stdout, stderr } = await solve('orphan');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/the ledger has no row of what they cost\. .*FILE\.ledger/);
  });

  it('records what it is answered, asks for nothing twice, and replays it without the model', async () => {
    const solveWith = async (...args: readonly string[]): Promise<CliRun> =>
      runCli(['solve', 'tasks.jsonl', '--budget', '0.1', '--json', '--strategy', 'single:slow', ...args], {
        cwd: folder,
        env: { CALLS: join(folder, 'recorded.calls'), LIVE: '' },
      });
    const first = await solveWith('--record', 'recording.jsonl');
    const again = await solveWith('--record', 'recording.jsonl');
    const replayed = await solveWith('--replay', 'recording.jsonl');
    expect([first.code, again.code, replayed.code]).toEqual([0, 0, 0]);
    expect([...linesOf('recorded.calls')].sort()).toEqual(prompts);
    const figures = ({ stdout }: CliRun): unknown => {
      const { strategies, ledger } = JSON.parse(stdout) as {
        readonly strategies: readonly object[];
        readonly ledger: unknown;
      };
      return { strategies: strategies.map((strategy) => ({ ...strategy, wallSeconds: 0 })), ledger };
    };
    expect(figures(first)).toMatchObject({ strategies: [{ accuracy: 0.75, costUsd: 0.0001 }], ledger: { rows: 4 } });
    expect(figures(again)).toEqual(figures(first));
    expect(figures(replayed)).toEqual(figures(first));
  });
});
