import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { outcomeLines } from '../support/example-workload.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('outcomes');
const solve = async (...args: readonly string[]): Promise<CliRun> => runCli(['solve', ...args], { cwd: folder });

beforeAll(() => {
  const text = outcomeLines()
    .map((line) => `${line}\n`)
    .join('');
  writeFileSync(join(folder, 'outcomes.jsonl'), text);
  writeFileSync(join(folder, 'outcomes.jsonl.gz'), gzipSync(text));
  writeFileSync(join(folder, 'unpriced.jsonl'), text.replaceAll(/,"costUsd":[\d.e-]+/g, ''));
});

describe('solve --replay outcomes', () => {
  it('needs no task file, no key and no budget, and reads gzip', async () => {
    const args = [
      '--json',
      '--strategy',
      'vote:small:3',
      '--strategy',
      'cascade:small,big:3@0.6',
      '--strategy',
      'mini-n:small:2x3:oracle',
    ];
    const [plain, packed] = await Promise.all([
      solve('--replay', 'outcomes.jsonl', ...args),
      solve('--replay', 'outcomes.jsonl.gz', ...args),
    ]);
    expect([plain.code, packed.code]).toEqual([0, 0]);
    expect(packed.stdout).toBe(plain.stdout.replaceAll('outcomes.jsonl', 'outcomes.jsonl.gz'));
    expect(JSON.parse(plain.stdout)).toMatchObject({
      tasks: 4,
      strategies: [
        { accuracy: 0.5, costUsd: 0.0003, attempts: 12 },
        { accuracy: 0.75, costUsd: 0.00055, attempts: 13, spendByModel: { small: 0.0003, big: 0.00025 } },
        { accuracy: 0.75, costUsd: 0.0003, attempts: 12, oracleVerifier: true },
      ],
      ledger: { capUsd: null, spentUsd: 0.00115, heldUsd: 0, rows: 37 },
    });
    expect(plain.stderr).toBe('37 recorded samples drawn\n');
  });

  it('reshuffles by seed, takes every model alone where no strategy is named, and prints a table', async () => {
    const args = ['--replay', 'outcomes.jsonl', '--repeats', '5', '--seed', '3'];
    const [first, again, other] = await Promise.all([solve(...args), solve(...args), solve(...args.slice(0, -1), '4')]);
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(again.stdout);
    expect(first.stdout).not.toBe(other.stdout);
    expect(first.stdout).toMatch(/single:small/);
    expect(first.stdout).toMatch(/single:big +75\.0/);
    expect(first.stdout).toContain('note: 5 orders of the samples; costs are of all of them together.');
    expect(first.stderr).toBe('40 recorded samples drawn\n');
  });

  it('names task and model where samples run out, or leaves such tasks out', async () => {
    const args = ['--replay', 'outcomes.jsonl', '--strategy', 'mini-n:small:4x2:oracle', '--json'];
    const [strict, loose] = await Promise.all([solve(...args), solve(...args, '--when-exhausted', 'drop')]);
    expect([strict.code, strict.stdout]).toEqual([1, '']);
    expect(strict.stderr).toContain(
      'tollgate: outcomes.jsonl: task "double-4" has 6 samples of "small", and 8 are needed.',
    );
    expect(loose.code).toBe(0);
    expect(JSON.parse(loose.stdout)).toMatchObject({
      tasks: 4,
      strategies: [{ answered: 3, accuracy: 1, attempts: 12, costUsd: 0.0003 }],
      ledger: { spentUsd: 0.0003 },
    });
  });

  it('heeds a budget, and takes prices from the configuration where the table has none', async () => {
    const price = { kind: 'per-token', inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    const model = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', modelId: 'x' };
    const config = (models: readonly string[]): string =>
      JSON.stringify({ models: Object.fromEntries(models.map((name) => [name, { ...model, price }])) });
    writeFileSync(join(folder, 'prices.json'), config(['small', 'big']));
    writeFileSync(join(folder, 'half.json'), config(['small']));
    const [priced, half] = await Promise.all([
      solve(
        '--replay',
        'unpriced.jsonl',
        '--config',
        'prices.json',
        '--strategy',
        'single:small',
        '--budget',
        '0.00006',
        '--json',
      ),
      solve('--replay', 'unpriced.jsonl', '--config', 'half.json', '--strategy', 'single:small'),
    ]);
    expect(priced.code).toBe(3);
    expect(priced.stderr).toContain(
      'stopped by the budget: single:small could not pay for task "double-3". Raise the cap of $0.00006',
    );
    expect(JSON.parse(priced.stdout)).toMatchObject({
      strategies: [{ answered: 2, costUsd: 0.00005 }],
      ledger: { capUsd: 0.00006, spentUsd: 0.00005 },
    });
    expect(half.code).toBe(1);
    expect(half.stderr).toMatch(
      /unpriced\.jsonl has 1 problem:\n {2}line 7: the model "big" has no price: give its lines "costUsd", or declare a price/,
    );
  });
});
