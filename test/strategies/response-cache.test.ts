import {
  createLedger,
  type Ledger,
  type LedgerRow,
  type LimitOptions,
  memoryStore,
  perToken,
  withBudget,
} from '@tollgate/budget';
import { bestOfMiniN, withResponseCache } from '@tollgate/router';
import type { Model } from '@tollgate/sdk';
import { type ScriptedModel, scriptedModel, virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';

const noonMs = Date.parse('2026-11-24T12:00Z');
const scopes = { run: 'r' };
const run = { kind: 'run', id: 'r' };

function ask(content: string): { messages: [{ role: 'user'; content: string }]; maxOutputTokens: number } {
  return { messages: [{ role: 'user', content }], maxOutputTokens: 10 };
}

/** A tenth of a cent for every token: ten of them, or five where there may not be as many. */
function leaf(by: 'eos' | 'length' = 'eos'): ScriptedModel {
  const finish = { unified: by === 'eos' ? 'stop' : 'length', by } as const;
  return scriptedModel(
    ({ messages, maxOutputTokens = 10 }) => ({
      text: JSON.stringify(messages),
      usage: { inputUncached: 3, outputText: maxOutputTokens < 10 ? 5 : 10 },
      finish,
    }),
    { provider: 'test', modelId: 'leaf', pricing: perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 1000 }) },
  );
}

async function bounded(
  model: Model,
  limit: LimitOptions = { ...run, usd: 1 },
): Promise<{ readonly model: Model; readonly ledger: Ledger }> {
  const ledger = await createLedger({ store: memoryStore(), clock: virtualClock(noonMs, { autoAdvance: true }) });
  await ledger.setLimit(limit);
  return { ledger, model: withBudget(model, { ledger, scopes, answerFloorTokens: 5 }) };
}

const told = ({ model, status, cost, usageKnown, priceKnown }: LedgerRow): unknown => ({
  model: `${model.provider}/${model.modelId}`,
  status,
  usd: cost?.usd,
  usageKnown,
  priceKnown,
});

const made = { model: 'test/leaf', status: 'settled', usd: 0.01, usageKnown: 'exact', priceKnown: 'override' };
const hit = { ...made, model: 'cache/leaf', usd: 0 };

describe('a response cache under a budget', () => {
  it.each(['generate', 'stream'] as const)('a hit of %s is a row at $0 of provider cache', async (how) => {
    const { model, ledger } = await bounded(withResponseCache(leaf()));
    for (let i = 0; i < 2; i += 1)
      await (how === 'generate' ? model.generate(ask('a')) : model.stream(ask('a')).result);
    const rows = await ledger.rows();
    expect(rows.map(told)).toEqual([made, hit]);
    expect(rows[1]?.hold.usd).toBe(0);
    expect(rows[1]?.candidateIds.length).toBe(1);
  });

  it('a hit is had when all the money is spent, and a miss is refused', async () => {
    const { model } = await bounded(withResponseCache(leaf()), { ...run, usd: 0.01 });
    await model.generate(ask('a'));
    expect((await model.generate(ask('a'))).charges).toMatchObject([{ cost: { usd: 0 } }]);
    await expect(model.generate(ask('b'))).rejects.toMatchObject({ code: 'budget-exceeded' });
  });

  it('a hit needs no room under a limit on tokens', async () => {
    const { model } = await bounded(withResponseCache(leaf()), { ...run, tokens: 155 });
    await model.generate(ask('a'));
    const { charges, warnings } = await model.generate(ask('a'));
    expect([charges[0]?.model.provider, warnings]).toEqual(['cache', []]);
    await expect(model.generate(ask('b'))).rejects.toMatchObject({ code: 'budget-exceeded' });
  });

  it('a hit counts under a limit on calls', async () => {
    const { model } = await bounded(withResponseCache(leaf()), { ...run, calls: 2 });
    await model.generate(ask('a'));
    await model.generate(ask('a'));
    await expect(model.generate(ask('a'))).rejects.toMatchObject({ code: 'budget-exceeded' });
  });

  it.each([
    ['an answer that was cut', () => leaf('length')],
    ['a strategy that did not accept', () => bestOfMiniN(leaf(), { miniN: 1, total: 1 })],
  ])('%s is never kept: it is paid for again', async (_, inner) => {
    const { model, ledger } = await bounded(withResponseCache(inner()));
    for (let i = 0; i < 3; i += 1) await model.generate(ask('a'));
    expect((await ledger.rows()).map(told)).toEqual([made, made, made]);
  });

  it('an answer that a budget had shortened is never kept', async () => {
    const inner = leaf();
    const { model } = await bounded(withResponseCache(inner), { ...run, usd: 0.017 });
    await model.generate(ask('first'));
    const { warnings } = await model.generate(ask('a'));
    expect(warnings.map(({ code }) => code)).toEqual(['fitted']);
    await expect(model.generate(ask('a'))).rejects.toMatchObject({ code: 'budget-exceeded' });
    expect(inner.calls.length).toBe(2);
  });

  it('equal requests at the same time hold money once', async () => {
    const { model, ledger } = await bounded(withResponseCache(leaf()), { ...run, usd: 0.015 });
    await Promise.all([1, 2, 3, 4].map(async () => model.generate(ask('a'))));
    expect((await ledger.rows()).map(told)).toEqual([made, hit, hit, hit]);
  });
});
