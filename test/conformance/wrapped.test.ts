import { createLedger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { cascade, vote, voteShare } from '@tollgate/router';
import { type Model, withRetry } from '@tollgate/sdk';
import { fromAiSdk, toAiSdk } from '@tollgate/sdk/ai-sdk';
import { type ConformanceModel, type ConformanceReplies, describeModel } from '@tollgate/sdk/testing';
import { describe, it } from 'vitest';
import { hostedModels, onServer, scripted } from './hosted-models.ts';

/** What is put around a model: whatever it is, the result is a model and keeps the rules. */
const wrappers: Readonly<Record<string, (model: Model) => Model | Promise<Model>>> = {
  'with retry': (model) => withRetry(model, { baseDelayMs: 0 }),
  'with a budget': async (model) => {
    const ledger = await createLedger({ store: memoryStore() });
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 100 });
    const priceOf = () => perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
    return withBudget(model, { ledger, scopes: { run: 'night' }, priceOf });
  },
  'a vote': (model) => vote(model, { samples: 3 }),
  'a cascade': (model) => cascade([model, model], { confidence: voteShare({ samples: 2 }), accept: 0.5 }),
  'a vote with retry and a budget inside': async (model) => {
    const ledger = await createLedger({ store: memoryStore() });
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 100 });
    const priceOf = () => perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
    return vote(withRetry(withBudget(model, { ledger, scopes: { run: 'night' }, priceOf })), { samples: 2 });
  },
};

const inner: Readonly<Record<string, (replies: ConformanceReplies) => Promise<ConformanceModel> | ConformanceModel>> = {
  'the scripted model': (replies) => scripted(replies, 1),
  'a compatible server': (replies) => onServer(hostedModels['a compatible server']!, replies),
};

for (const [around, wrap] of Object.entries(wrappers)) {
  for (const [name, make] of Object.entries(inner)) {
    await describeModel(
      `${around} around ${name}`,
      async (replies) => {
        const made = await make(replies);
        return { ...made, model: await wrap(made.model) };
      },
      { describe, it },
    );
  }
}

// The bridges, one after the other.
await describeModel(
  'the AI SDK there and back around a compatible server',
  async (replies) => {
    const made = await onServer(hostedModels['a compatible server']!, replies);
    return { ...made, model: fromAiSdk(toAiSdk(made.model)) };
  },
  {
    describe,
    it,
    skip: {
      'topK reaches the engine':
        'a model of the AI SDK does not say what it takes, and warnings of a stream come after its start',
    },
  },
);
