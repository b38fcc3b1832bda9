import { generateText } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { withBudget } from '../guard/with-budget.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { perToken } from '../prices/per-token.ts';
import { memoryStore } from '../stores/memory.ts';
import { costPerSuccess } from './cost-per-success.ts';
import { recordsFromOutcomes } from './records-from-outcomes.ts';

const pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 2 });

async function passesOf(ledger: Ledger): Promise<ReturnType<typeof recordsFromOutcomes>> {
  return recordsFromOutcomes({ outcomes: await ledger.outcomes(), rows: await ledger.rows() });
}

async function ask(ledger: Ledger, scopes: Readonly<Record<string, string>>): Promise<{ id: string; costUsd: number }> {
  const model = withBudget(scriptedModel([{ text: 'four' }], { modelId: 'small', pricing }), { ledger });
  const { trace, costUsd } = await generateText(model, 'What is 2 + 2?', { scopes, maxOutputTokens: 20 });
  return { id: trace.id, costUsd: costUsd ?? Number.NaN };
}

describe('recordsFromOutcomes', () => {
  it('groups verdicts by class and policy, each with all it took', async () => {
    const ledger = await createLedger({ store: memoryStore() });
    const first = await ask(ledger, { task: 'a', class: 'sums', policy: 'p' });
    const again = await ask(ledger, { task: 'a', class: 'sums', policy: 'p' });
    const other = await ask(ledger, { task: 'b', class: 'sums', policy: 'p' });
    await ledger.reportOutcome({ scopes: { task: 'a' }, passed: true, source: 'tests' });
    await ledger.reportOutcome({ resultId: other.id, passed: false, source: 'tests' });
    const { groups, unjudged, judgedTwice } = await passesOf(ledger);
    expect(groups).toEqual([
      {
        taskClass: 'sums',
        policy: 'p',
        records: [
          { taskId: 'a', passed: true, costNano: expect.any(BigInt) },
          { taskId: 'b', passed: false, costNano: expect.any(BigInt) },
        ],
      },
    ]);
    expect(costPerSuccess(groups[0]?.records ?? [])).toBeCloseTo(first.costUsd + again.costUsd + other.costUsd, 12);
    expect([unjudged.attempts, judgedTwice.attempts]).toEqual([0, 0]);
  });

  it('names a policy by its models and a task by its result where no scope does', async () => {
    const ledger = await createLedger({ store: memoryStore() });
    const { id } = await ask(ledger, {});
    await ledger.reportOutcome({ resultId: id, passed: true, source: 'user' });
    const { groups } = await passesOf(ledger);
    expect(groups).toMatchObject([{ taskClass: 'unclassified', records: [{ taskId: id }] }]);
    expect(groups[0]?.policy).toMatch(/\/small$/);
  });

  it('says what nobody judged and what was judged twice', async () => {
    const ledger = await createLedger({ store: memoryStore() });
    const silent = await ask(ledger, { task: 'quiet' });
    const twice = await ask(ledger, { task: 'loud' });
    await ledger.reportOutcome({ resultId: twice.id, passed: true, source: 'user' });
    await ledger.reportOutcome({ scopes: { task: 'loud' }, passed: true, source: 'tests' });
    const { unjudged, judgedTwice } = await passesOf(ledger);
    expect(unjudged).toMatchObject({ attempts: 1, cost: { usd: silent.costUsd } });
    expect(judgedTwice).toMatchObject({ attempts: 1, cost: { usd: twice.costUsd } });
  });

  it('is empty on an empty ledger', () => {
    const nothing = { attempts: 0, cost: { usd: 0, nanoUsd: '0' } };
    expect(recordsFromOutcomes({ outcomes: [], rows: [] })).toEqual({
      groups: [],
      unjudged: nothing,
      judgedTwice: nothing,
    });
  });
});
