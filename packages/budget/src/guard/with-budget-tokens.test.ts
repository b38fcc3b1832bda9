import {
  asTokenModel,
  type CallContext,
  defineModel,
  guardedContext,
  rootContext,
  textCapabilities,
  type TokenModel,
} from '@tollgate/sdk';
import { expect, it } from 'vitest';
import { createLedger } from '../ledger/create-ledger.ts';
import { memoryStore } from '../stores/memory.ts';
import { LedgerGuard } from './ledger-guard.ts';
import { withBudget } from './with-budget.ts';

it('holds the token sessions of a model too, beside the guards that a caller brings', async () => {
  const ledger = await createLedger({ store: memoryStore() });
  const contexts: (CallContext | undefined)[] = [];
  const tokens: TokenModel = {
    tokenizer: { hash: 'h', vocabularySize: 1, endTokens: [], encode: () => [], decode: () => '' },
    promptTokens: () => [7],
    open: async ({ context }) => {
      contexts.push(context);
      throw new Error('opened');
    },
  };
  const model = defineModel({
    provider: 'test',
    modelId: 'm',
    capabilities: textCapabilities(),
    call: () => Promise.reject(new Error('not called here')),
    tokenModel: () => tokens,
  });
  const bounded = asTokenModel(withBudget(withBudget(model, { ledger }), { ledger }));
  expect(bounded?.tokenizer).toBe(tokens.tokenizer);
  expect(bounded?.promptTokens({ messages: [] })).toEqual([7]);
  await expect(bounded?.open({ prefix: [], maxTokens: 1 })).rejects.toThrow('opened');
  expect(contexts[0]?.guards.map((guard) => guard instanceof LedgerGuard)).toEqual([true, true]);
  const [own] = contexts[0]?.guards ?? [];
  if (own === undefined) throw new Error('no guard');
  const context = guardedContext(rootContext(), own);
  await expect(bounded?.open({ prefix: [], maxTokens: 1, context })).rejects.toThrow('opened');
  expect(contexts[1]?.guards).toHaveLength(3);
  expect(contexts[1]?.guards[0]).toBe(own);
});

it('shows no distributions where the model shows none', async () => {
  const ledger = await createLedger({ store: memoryStore() });
  const model = defineModel({
    provider: 'test',
    modelId: 'm',
    capabilities: textCapabilities(),
    call: () => Promise.reject(new Error('not called here')),
  });
  expect(asTokenModel(withBudget(model, { ledger }))).toBeUndefined();
});
