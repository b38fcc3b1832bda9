import {
  BudgetExceededError,
  defineModel,
  type EffortLevel,
  type GenerateRequest,
  type GenerateResult,
  type LeafCall,
  type Model,
  textCapabilities,
} from '@tollgate/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { effortController } from '../effort/effort-controller.ts';
import { withEffort } from '../effort/with-effort.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { perToken } from '../prices/per-token.ts';
import { memoryStore } from '../stores/memory.ts';
import { bothAllow } from './lower-effort.ts';
import { withBudget, type WithBudgetOptions } from './with-budget.ts';

const prompt: GenerateRequest = { messages: [{ role: 'user', content: 'How many?' }] };
const thinks: { readonly [level in EffortLevel]?: number } = { low: 20, high: 100 };
let ledger: Ledger;
let sent: LeafCall['request'][];
/** A tenth of a cent for 100 output tokens; thinks for 100 tokens, 20 at low effort, and answers in 10. */
const model: Model = defineModel({
  provider: 'test',
  modelId: 'thinker',
  capabilities: textCapabilities({ efforts: ['low', 'high'], limits: { maxOutputTokens: 200 } }),
  pricing: perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 10 }),
  call: async ({ request }) => {
    sent.push(request);
    const tokens = Math.min(thinks[request.effort ?? 'high'] ?? 100, request.maxOutputTokens ?? 200);
    return {
      candidates: [{ content: [{ type: 'text', text: '7' }], finish: { unified: 'stop', by: 'eos' } }],
      usage: { inputUncached: 3, outputReasoning: tokens, outputText: 10 },
    };
  },
});

beforeEach(async () => {
  ledger = await createLedger({ store: memoryStore() });
  sent = [];
  const free = withBudget(model, { ledger });
  for (let i = 0; i < 5; i += 1) {
    await free.generate(prompt);
    await free.generate({ ...prompt, effort: 'low' });
  }
  sent = [];
});

async function ask(
  usd: number,
  request: GenerateRequest = prompt,
  options: Partial<WithBudgetOptions> = { allowEffort: 'low' },
): Promise<GenerateResult> {
  await ledger.setLimit({ kind: 'run', id: 'r', usd });
  return withBudget(model, { ledger, scopes: { run: 'r' }, ...options }).generate(request);
}

describe('allowEffort', () => {
  it('lowers effort where the money does not pay for the usual reasoning and an answer, and says so', async () => {
    // 100 tokens: less than 100 of reasoning and 32 of answer.
    const { warnings } = await ask(0.001);
    expect(sent).toMatchObject([{ effort: 'low', maxOutputTokens: 100 }]);
    expect(warnings).toMatchObject([
      { code: 'fitted', option: 'maxOutputTokens' },
      { code: 'fitted', option: 'effort', message: expect.stringContaining('lowered to "low"') },
    ]);
  });

  it('leaves effort alone where the money pays for it', async () => {
    const { warnings } = await ask(0.00132);
    expect(sent).toMatchObject([{ maxOutputTokens: 132 }]);
    expect(sent[0]?.effort).toBeUndefined();
    expect(warnings.map(({ option }) => option)).toEqual(['maxOutputTokens']);
    await ask(1);
    expect(sent[1]).not.toHaveProperty('effort');
  });

  it('never goes below the floor and the usual reasoning of the level it may go to', async () => {
    await expect(ask(0.00051)).rejects.toBeInstanceOf(BudgetExceededError);
    expect(sent).toEqual([]);
    await ask(0.00052);
    expect(sent).toMatchObject([{ effort: 'low', maxOutputTokens: 52 }]);
  });

  it('refuses below the usual reasoning of the asked level where it is not allowed', async () => {
    await expect(ask(0.00131, prompt, {})).rejects.toBeInstanceOf(BudgetExceededError);
    await ask(0.00132, prompt, {});
    expect(sent).toHaveLength(1);
  });

  it('raises nothing, and goes no lower than allowed', async () => {
    await ask(0.0006, { ...prompt, effort: 'low' }, { allowEffort: 'high' });
    await ask(0.002, { ...prompt, effort: 'low' });
    expect(sent.map(({ effort }) => effort)).toEqual(['low', 'low']);
  });

  it('keeps the effort where a cached prompt would be lost by another one', async () => {
    await expect(ask(0.001, { ...prompt, sessionKey: 's' })).rejects.toBeInstanceOf(BudgetExceededError);
    const marked: GenerateRequest = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'How many?', cache: {} }] }],
    };
    await expect(ask(0.001, marked)).rejects.toBeInstanceOf(BudgetExceededError);
    expect(sent).toEqual([]);
  });

  it('knows nothing of reasoning before five calls, and asks no more than the floor then', async () => {
    ledger = await createLedger({ store: memoryStore() });
    await ask(0.0004);
    expect(sent).toMatchObject([{ maxOutputTokens: 40 }]);
    expect(sent[0]?.effort).toBeUndefined();
  });

  it('needs the leave of every budget around a call', () => {
    expect(bothAllow('low', 'high')).toBe('high');
    expect(bothAllow('high', 'low')).toBe('high');
    expect(bothAllow('low', undefined)).toBeUndefined();
    expect(bothAllow(undefined, 'low')).toBeUndefined();
  });

  it('is not counted by an effort controller as a call of the level that was planned', async () => {
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 0.001 });
    const controller = effortController({ referenceCalls: 0, priorTokens: 100 });
    const bounded = withBudget(model, { ledger, scopes: { run: 'r' }, allowEffort: 'low' });
    await withEffort(bounded, { fraction: 1, taskClass: 'sums', controller }).generate(prompt);
    expect(sent).toMatchObject([{ effort: 'low' }]);
    expect(controller.report()).toMatchObject([{ referenceCalls: 0, fractions: [] }]);
  });
});
