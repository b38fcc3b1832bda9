import { createLedger, type Ledger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { defineTool, generateText, rootContext, runAgent, withRetry } from '@tollgate/sdk';
import { scriptedModel, virtualClock } from '@tollgate/sdk/testing';
import { beforeEach, describe, expect, it } from 'vitest';

// A nano-dollar a token, in and out.
const pricing = perToken({ inputUsdPerMillion: 0.001, outputUsdPerMillion: 0.001 });
const scopes = { user: 'ada' };
const usage = { inputUncached: 10, outputText: 10 };

let ledger: Ledger;
beforeEach(async () => {
  ledger = await createLedger({ store: memoryStore() });
});

describe('an agent of a budgeted model', () => {
  const calling = (id: string) => ({
    content: [{ type: 'tool-call' as const, toolCallId: id, toolName: 'ask', input: {} }],
    finish: { unified: 'tool-calls' as const, by: 'eos' as const },
    usage,
  });

  it('is stopped by a limit on turns, with the work so far', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', turns: 2 });
    using model = scriptedModel([calling('1'), calling('2')], { pricing, capabilities: { tools: true } });
    const ask = defineTool({ name: 'ask', input: { json: { type: 'object' } }, run: async () => 'go on' });
    const bounded = withRetry(withBudget(model, { ledger, scopes }));
    const outcome = await runAgent({ model: bounded, tools: [ask], prompt: 'Go.', maxOutputTokens: 100 });
    expect(outcome).toMatchObject({ status: 'turn-limit', turns: 2 });
    expect(outcome.reason).toContain('user "ada" has 0 turns of 2 turns left');
    expect(await ledger.rows({ kind: 'turn' })).toHaveLength(2);
  });

  it('has its tools bounded by the same budget, where they hand their context on', async () => {
    using helper = scriptedModel([{ text: 'a hint', usage }], { modelId: 'helper', pricing });
    using model = scriptedModel([calling('1'), { text: 'done', usage }], { pricing, capabilities: { tools: true } });
    const ask = defineTool({
      name: 'ask',
      input: { json: { type: 'object' } },
      run: async (_, { context }) => (await generateText(helper, 'Help.', { context, maxOutputTokens: 100 })).text,
    });
    const bounded = withBudget(model, { ledger, scopes });
    const outcome = await runAgent({ model: bounded, tools: [ask], prompt: 'Go.', maxOutputTokens: 100 });
    expect(outcome).toMatchObject({ status: 'finished', answer: 'done' });
    const rows = await ledger.rows({ scopes, kind: 'call' });
    expect(rows.map(({ model: { modelId } }) => modelId)).toEqual(['model', 'helper', 'model']);
    expect(await ledger.totals(scopes)).toMatchObject({ rows: 3, held: { nanoUsd: '0' } });
  });

  it('tells its turn policy what is left', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 1 });
    using model = scriptedModel([{ text: 'done', usage }], { pricing });
    const left: (number | undefined)[] = [];
    await runAgent({
      model: withBudget(model, { ledger, scopes }),
      prompt: 'Go.',
      maxOutputTokens: 100,
      turns: {
        name: 'watching',
        start: () => null,
        before: (state, { leftUsd }) => {
          left.push(leftUsd);
          return { state, decision: { type: 'proceed' } };
        },
        after: (state) => state,
      },
    });
    expect(left).toEqual([1]);
  });
});

it('cuts a call off where a limit on seconds ends, and keeps what it had', async () => {
  const clock = virtualClock(0, { autoAdvance: true });
  ledger = await createLedger({ store: memoryStore(), clock });
  await ledger.setLimit({ kind: 'user', id: 'ada', seconds: 5 });
  const model = scriptedModel(
    [
      { text: 'quick', delayMs: 2000, usage },
      { text: 'too slow', delayMs: 60_000, usage },
    ],
    { pricing },
  );
  const bounded = withBudget(model, { ledger, scopes });
  const ask = async (): Promise<Awaited<ReturnType<typeof generateText>>> =>
    generateText(bounded, 'Go.', { maxOutputTokens: 100, context: rootContext({ clock }) });
  expect((await ask()).text).toBe('quick');
  const late = await ask();
  expect(late.candidates[0]?.finish).toMatchObject({ unified: 'length', by: 'budget' });
  expect(late.warnings).toContainEqual(expect.objectContaining({ code: 'fitted', option: 'seconds' }));
  await expect(ask()).rejects.toMatchObject({ code: 'budget-exceeded' });
  const { limits } = await ledger.remaining(scopes);
  expect(limits).toMatchObject([{ settled: 5, held: 0, left: 0 }]);
});
