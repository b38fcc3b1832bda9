// A strategy under a budget as a model of the AI SDK, and models of the AI SDK as sources of a strategy.
// The models are scripted, so this needs no key, no network and no weights.
import assert from 'node:assert/strict';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { cascade, createLedger, finalNumber, memoryStore, perToken, vote, voteShare, withBudget } from 'tollgate';
import { fromAiSdk, readTollgateMetadata, toAiSdk } from 'tollgate/ai-sdk';
import { scriptedModel } from 'tollgate/testing';

const pricing = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 });
const ledger = await createLedger({ store: memoryStore() });
await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.001 });

// Ours in theirs: the whole cascade is one model. What it decided and what it cost comes with the answer.
const small = scriptedModel([{ texts: ['1911', '1811', '1901'] }], { modelId: 'small', pricing });
const big = scriptedModel([{ text: '1911' }], { modelId: 'big', pricing });
const frugal = withBudget(cascade([small, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 }), { ledger });
const { text, providerMetadata } = await generateText({
  model: toAiSdk(frugal),
  prompt: 'Compute 91 * 21.',
  maxOutputTokens: 60,
  providerOptions: { tollgate: { scopes: { user: 'ada' } } },
});
const account = readTollgateMetadata(providerMetadata);
console.log(`${text} by ${account?.producedBy?.modelId} for $${account?.costUsd}: ${account?.decision?.reason}`);
assert.equal(text, '1911');
assert.equal(account?.costUsd, (await ledger.totals({ user: 'ada' })).settled.usd);

// A tool loop of the AI SDK, streamed: every step is held and settled on its own.
const adder = scriptedModel(
  [
    { content: [{ type: 'tool-call', toolCallId: 'call-1', toolName: 'add', input: { a: 91, b: 21 } }] },
    { text: 'It is 112.' },
  ],
  { modelId: 'adder', pricing },
);
const streamed = streamText({
  model: toAiSdk(withBudget(adder, { ledger }), { scopes: { user: 'bob' } }),
  prompt: 'Compute 91 + 21.',
  maxOutputTokens: 60,
  stopWhen: stepCountIs(3),
  tools: {
    add: tool({
      inputSchema: jsonSchema<{ a: number; b: number }>({ type: 'object' }),
      execute: async ({ a, b }) => a + b,
    }),
  },
});
const steps = await streamed.steps;
console.log(`${await streamed.text} ${steps.length} steps, ${(await ledger.totals({ user: 'bob' })).rows} rows`);
assert.equal((await ledger.totals({ user: 'bob' })).rows, 2);

// Theirs in ours: any model of an AI SDK provider is a source like every other.
const answers = ['It is 112.', '112', 'I think 121'];
const theirs = new MockLanguageModelV4({
  provider: 'lab',
  modelId: 'one',
  doStream: async () => ({
    stream: simulateReadableStream({
      chunks: [
        { type: 'text-start', id: '1' },
        { type: 'text-delta', id: '1', delta: answers.shift() ?? '' },
        { type: 'text-end', id: '1' },
        {
          type: 'finish',
          finishReason: { unified: 'stop', raw: undefined },
          usage: {
            inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: 3, text: 3, reasoning: 0 },
          },
        },
      ],
    }),
  }),
});
const source = fromAiSdk(theirs, { pricing });
const voted = await vote(source, { samples: 3, answer: finalNumber() }).generate({
  messages: [{ role: 'user', content: 'Compute 91 + 21.' }],
});
console.log(`${voted.decision.reason}, ${voted.charges.length} charges`);
assert.equal(theirs.doStreamCalls.length, 3);
assert.equal(voted.decision.confidence, 2 / 3);

// Refusals and failures leave as they are, and the AI SDK does not try again: retrying has one owner.
await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0 });
const refused = generateText({
  model: toAiSdk(frugal),
  prompt: 'Compute 5 + 5.',
  maxRetries: 2,
  providerOptions: { tollgate: { scopes: { user: 'ada' } } },
});
await assert.rejects(async () => refused, { code: 'budget-exceeded', isRetryable: false });
assert.equal(small.calls.length, 1);
