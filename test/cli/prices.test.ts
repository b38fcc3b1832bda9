import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder('prices');
const prices = async (...args: readonly string[]): Promise<CliRun> => runCli(['prices', ...args], { cwd: folder });
const usage = JSON.stringify({ inputUncached: 1000, cacheRead: 20_000, cacheWrite: { total: 3000 }, outputText: 500 });
const day = ['--at', '2026-11-24'];

describe('tollgate prices', () => {
  it('multiplies a usage out, line by line', async () => {
    const { stdout, code } = await prices('gpt-6-sol', '--usage', usage, ...day);
    expect(code).toBe(0);
    expect(stdout).toContain('cache read   20,000            0.2  $0.004000000');
    expect(stdout).toMatch(/total +\$0\.018500000/);
    expect(stdout).toMatch(/price +list, from 2026-09-22/);
    expect(stdout).toMatch(/source +genai-prices/);
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await prices('openai/gpt-6-sol', '--usage', usage, '--tier', 'flex', '--json', ...day);
    const computed = JSON.parse(stdout) as { lines: { amount: { nanoUsd: string } }[]; amount: { nanoUsd: string } };
    expect(computed).toMatchObject({
      known: 'list',
      amount: { nanoUsd: '9250000' },
      entry: { factors: { 'tier flex': '0.5' } },
    });
    expect(computed.lines.reduce((sum, line) => sum + Number(line.amount.nanoUsd), 0)).toBe(9_250_000);
  });

  it('shows a model: long requests, lifetimes, tiers, and where its price was read', async () => {
    const { stdout } = await prices('anthropic/claude-haiku-5-5', ...day);
    expect(stdout).toMatch(/over 100,000 in +0\.5 +2\.5 +0\.05 +0\.625 +1\n/);
    expect(stdout).toContain('batch × 0.5');
    expect(stdout).toContain("(the provider's page)");
  });

  it('lists what has a price, filtered', async () => {
    const { stdout } = await prices('--filter', 'claude-opus', ...day);
    expect(stdout).toContain('anthropic/claude-opus-5-5');
    expect(stdout).not.toContain('gpt');
    const all = JSON.parse((await prices('--json', ...day)).stdout) as { model: string; source: object }[];
    expect(all.length).toBeGreaterThan(150);
    expect(all.find(({ model }) => model === 'gpt-6-sol')).toMatchObject({
      provider: 'openai',
      input: '2',
      source: { checked: '2026-11-24' },
    });
  });

  it.each([
    [
      ['gpt-6-soll'],
      /No price is known for "gpt-6-soll"\. Prices are known for models with names like it: openai\/gpt-6-sol/,
    ],
    [['kimi-k2-thinking', '--usage', '{"inptu":1}'], /A usage has no field "inptu"/],
    [['gpt-6-sol', '--usage', '{'], /Expected a usage as JSON/],
    [['gpt-6-sol', '--usage', '{"units":3}'], /units must be a number, or numbers by name/],
    [['gpt-6-sol', '--at', 'today'], /Expected a day such as 2026-11-24/],
    [['--usage', '{"outputText":1}'], /Name the model whose usage this is/],
  ])('refuses %j as wrong usage', async (args, message) => {
    const { stdout, stderr, code } = await prices(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('fails where a usage has no price', async () => {
    const { stderr, code } = await prices('claude-opus-5-5', '--usage', '{"inputUncached":1}', ...day);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the usage says outputText: undefined/);
  });
});

describe('tollgate prices import', () => {
  it('writes a file that the command and configurations read', async () => {
    const cost = { input: 1.5, output: 7, cache_read: 0.15 };
    writeFileSync(
      join(folder, 'api.json'),
      JSON.stringify({ openai: { models: { 'gpt-6-sol': { cost }, free: {} } } }),
    );
    const imported = await prices('import', 'api.json', '--out', 'mine.json', '--provider', 'openai');
    expect([imported.code, imported.stdout]).toEqual([0, '']);
    expect(imported.stderr).toMatch(/1 models without a price that can be read were left out: openai\/free/);
    expect(imported.stderr).toMatch(/1 models of openai in mine\.json/);
    expect(JSON.parse(readFileSync(join(folder, 'mine.json'), 'utf8'))).toMatchObject({
      kind: 'tollgate-prices',
      version: 1,
    });
    const { stdout } = await prices(
      'gpt-6-sol',
      '--file',
      'mine.json',
      '--usage',
      '{"inputUncached":1000000,"outputText":0}',
    );
    expect(stdout).toMatch(/total +\$1\.500000000/);
    expect(stdout).toMatch(/price +your own, from launch/);
  });

  it('refuses a file that is none, and writes nothing', async () => {
    writeFileSync(join(folder, 'wrong.json'), '{"provider":"x"}');
    const { stderr, code } = await prices('import', 'wrong.json', '--out', 'never.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/wrong\.json has 2 problems/);
    expect(existsSync(join(folder, 'never.json'))).toBe(false);
  });
});
