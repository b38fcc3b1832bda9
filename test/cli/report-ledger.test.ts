import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLedger, type Ledger } from '@tollgate/budget';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { expect, it, vi } from 'vitest';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A start takes most of a second where others are at work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder('spend');
const report = async (...args: readonly string[]): Promise<CliRun> => runCli(['report', ...args], { cwd: folder });

async function ledgerAt(name: string, nowMs: () => number = Date.now): Promise<Ledger> {
  const clock = { now: nowMs, monotonic: nowMs, sleep: () => Promise.resolve() };
  return createLedger({ store: sqliteStore(join(folder, name)), clock });
}

it('shows a ledger as a table, as JSON and as a page, by scope and by days of a zone', async () => {
  let nowMs = 0;
  const ledger = await ledgerAt('spend.db', () => nowMs);
  await ledger.setLimit({ kind: 'user', id: 'each', usd: 1 });
  const calls = [
    ['ada', 'small', '2026-11-22T22:30Z'],
    ['ada', 'large', '2026-11-22T23:30Z'],
    ['bob', 'small', '2026-11-24T12:00Z'],
  ] as const;
  for (const [i, [user, modelId, at]] of calls.entries()) {
    nowMs = Date.parse(at);
    const model = { provider: 'acme', modelId };
    const ask = {
      attemptId: `r${i}/0`,
      scopes: { user, policy: modelId },
      model,
      priceKnown: 'list',
      want: { usd: 900_000_000n },
    } as const;
    const hold = await ledger.reserve(ask);
    await hold.settle({
      costNano: BigInt(i + 1) * 100_000_000n,
      priceKnown: 'list',
      usage: { inputUncached: 100, outputText: 10 },
      usageKnown: 'exact',
      candidateIds: [`c${i}`],
      assumption: 'prices are right',
    });
    await ledger.reportOutcome({ resultId: `r${i}`, passed: i > 0, source: 'tests' });
  }
  await ledger.close();
  const [table, json, ada, berlin, both] = await Promise.all([
    report('spend.db', '--report', 'spend.html'),
    report('spend.db', '--json'),
    report('spend.db', '--scope', 'user=ada', '--by', 'policy', '--json'),
    report('spend.db', '--from', '2026-11-23', '--until', '2026-11-24', '--zone', 'Europe/Berlin', '--json'),
    report('spend.db', '--scope', 'user=ada', '--scope', 'policy=small', '--json'),
  ]);
  expect(table).toMatchObject({ code: 0, stderr: 'wrote spend.html\n' });
  expect(table.stdout).toMatch(/^settled \$0\.60 {3}held \$0\.00/m);
  expect(table.stdout).toMatch(/^user "ada" +\$1\.00 +\$0\.30 +\$0\.00 +\$0\.70 +30/m);
  expect(readFileSync(join(folder, 'spend.html'), 'utf8')).toContain('<h1>$0.60 spent</h1>');
  const totals = ({ stdout }: CliRun): unknown =>
    (JSON.parse(stdout) as { totals: { settled: { usd: number } } }).totals.settled.usd;
  expect([json, ada, berlin, both].map(totals)).toEqual([0.6, 0.3, 0.2, 0.1]);
  expect(JSON.parse(ada.stdout)).toMatchObject({
    byScope: [{ kind: 'policy', parts: [{ name: 'large' }, { name: 'small' }] }],
  });
});

it('shows an empty ledger', async () => {
  await (await ledgerAt('empty.db')).close();
  const done = await report('empty.db');
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 attempts\./), stderr: '' });
});

it('refuses what is no ledger, and options that cannot be meant', async () => {
  await (await ledgerAt('real.db')).close();
  const foreign = new DatabaseSync(join(folder, 'foreign.db'));
  foreign.exec('CREATE TABLE t (x)');
  foreign.close();
  writeFileSync(join(folder, 'text.txt'), 'SQLite');
  writeFileSync(
    join(folder, 'run.json'),
    '{"tasks":0,"notes":[],"models":[],"strategies":[],"ledger":{"spentUsd":0,"capUsd":null,"heldUsd":0,"rows":0}}',
  );
  const [none, other, text, scope, zone, date, run] = await Promise.all([
    report('none.db'),
    report('foreign.db'),
    report('text.txt'),
    report('real.db', '--scope', 'ada'),
    report('real.db', '--zone', 'Mars/Olympus'),
    report('real.db', '--from', 'yesterday'),
    report('run.json', '--scope', 'user=ada'),
  ]);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('none.db could not be read.') });
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is a database of something else, not a ledger'),
  });
  expect(text).toMatchObject({ code: 1, stderr: expect.stringContaining('is neither the JSON of a run nor a ledger') });
  expect(scope).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected kind=id') });
  expect(zone).toMatchObject({ code: 2, stderr: expect.stringContaining('zone must be an IANA time zone') });
  expect(date).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected a day such as') });
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('--scope is for ledgers') });
});
