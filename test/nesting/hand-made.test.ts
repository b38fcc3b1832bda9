import { createLedger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { cascade, verdict, vote } from '@tollgate/router';
import {
  type Model,
  ModelCallError,
  withConcurrency,
  withDefaults,
  withFallback,
  withRetry,
  withTimeout,
} from '@tollgate/sdk';
import { scriptedModel, textCapabilities } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';

const messages = [{ role: 'user', content: 'Which letter?' }] as const;
const busy = new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' });

/** A model that knows nothing of contexts: guards reach nothing in it. */
function handMade(steps: Parameters<typeof scriptedModel>[0]): Model {
  const inside = scriptedModel(steps);
  return {
    specVersion: 1,
    provider: 'hand',
    modelId: 'made',
    pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
    capabilitiesFor: () => textCapabilities({ limits: { maxOutputTokens: 20 } }),
    generate: async ({ messages: asked }) => inside.generate({ messages: asked }),
    stream: ({ messages: asked }) => inside.stream({ messages: asked }),
  };
}

it.each<[string, (model: Model) => Model, Parameters<typeof scriptedModel>[0], readonly string[]]>([
  ['a vote', (model) => vote(model, { samples: 2 }), [{ text: 'a' }, { text: 'a' }], ['settled', 'settled']],
  [
    'a cascade',
    (model) => cascade([model, model], { confidence: verdict() }),
    [{ text: 'a' }, { text: 'b' }],
    ['settled', 'settled'],
  ],
  [
    'a retry',
    (model) => withRetry(model, { baseDelayMs: 0 }),
    [{ error: busy }, { text: 'a' }],
    ['released', 'settled'],
  ],
  ['a timeout', (model) => withTimeout(model, { timeoutMs: 1000 }), [{ text: 'a' }], ['settled']],
  ['a queue', (model) => withConcurrency(model, { max: 1 }), [{ text: 'a' }], ['settled']],
  ['defaults', (model) => withDefaults(model, { temperature: 0 }), [{ text: 'a' }], ['settled']],
  ['a fallback', (model) => withFallback(model, [model]), [{ error: busy }, { text: 'a' }], ['released', 'settled']],
])('a model made by hand is held attempt by attempt inside %s', async (...[, around, steps, expected]) => {
  for (const stream of [false, true]) {
    const ledger = await createLedger({ store: memoryStore() });
    const model = withBudget(around(handMade(steps)), { ledger });
    await (stream ? model.stream({ messages }).result : model.generate({ messages }));
    expect((await ledger.rows()).map(({ status }) => status).sort()).toEqual(expected);
    expect((await ledger.totals()).held.nanoUsd).toBe('0');
  }
});
