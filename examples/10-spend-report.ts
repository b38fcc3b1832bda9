// What a ledger says about the money: who spent it, on what, what a pass cost, and what bought nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLedger,
  generateText,
  ModelCallError,
  perToken,
  renderSpendTable,
  spendReport,
  withBudget,
  withRetry,
} from 'tollgate';
import { sqliteStore } from 'tollgate/sqlite';
import { scriptedModel } from 'tollgate/testing';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-example-'));
// A clock that stands still, so that the report is the same each time.
const clock = { now: () => Date.parse('2026-11-24T12:00Z'), monotonic: () => 0, sleep: () => Promise.resolve() };
const ledger = await createLedger({ store: sqliteStore(join(folder, 'spend.db')), clock });
await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.05, per: 'day', zone: 'Europe/Berlin' });
await work();

const report = await spendReport(ledger, { by: ['user', 'policy'], zone: 'Europe/Berlin' });
console.log(renderSpendTable(report));

assert.equal(report.passes?.policies.length, 2);
assert.equal(report.doubtful.nothingBought.attempts, 1);
const parts = report.byModel.parts.reduce((sum, part) => sum + BigInt(part.settled.nanoUsd), 0n);
assert.equal(parts, BigInt(report.totals.settled.nanoUsd));
await ledger.close();
rmSync(folder, { recursive: true });

/** Twelve tasks of two users, under two policies; one answer comes after an error. Verdicts are reported as tests give them. */
async function work(): Promise<void> {
  const busy = new ModelCallError('The answer did not come in time.', { failure: 'timeout', dispatch: 'unknown' });
  const answer = { text: '42', usage: { inputUncached: 400, cacheRead: 200, outputText: 60 } };
  const models = {
    small: scriptedModel([{ error: busy }, ...Array.from({ length: 6 }, () => answer)], {
      modelId: 'small',
      pricing: perToken({ inputUsdPerMillion: 0.5, outputUsdPerMillion: 2, cacheReadUsdPerMillion: 0.05 }),
    }),
    large: scriptedModel(
      Array.from({ length: 6 }, () => answer),
      {
        modelId: 'large',
        pricing: perToken({ inputUsdPerMillion: 5, outputUsdPerMillion: 20, cacheReadUsdPerMillion: 0.5 }),
      },
    ),
  };
  for (const policy of ['small', 'large'] as const) {
    const model = withRetry(withBudget(models[policy], { ledger }), {
      attempts: 2,
      baseDelayMs: 1,
      retryUnknown: true,
    });
    for (let task = 0; task < 6; task += 1) {
      const scopes = { user: task < 4 ? 'ada' : 'bob', policy, task: `fix-${task}` };
      await generateText(model, `Fix ${task}.`, { scopes, maxOutputTokens: 200 });
      const passed = policy === 'large' ? task > 0 : task % 2 === 0;
      await ledger.reportOutcome({ scopes, passed, source: 'tests' });
    }
  }
}
