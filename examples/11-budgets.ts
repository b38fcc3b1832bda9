// Caps in every dimension and window: what is refused, what waits, what a sub-agent gets, what a lost process leaves behind.
import assert from 'node:assert/strict';
import {
  BudgetExceededError,
  createLedger,
  defineTool,
  generateText,
  memoryStore,
  perToken,
  runAgent,
  withBudget,
} from 'tollgate';
import { scriptedModel, virtualClock } from 'tollgate/testing';

const pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 4 });
const answer = { text: '42', usage: { inputUncached: 100, outputText: 50 } };
const small = scriptedModel(() => answer, { modelId: 'small', pricing });
const slow = scriptedModel(() => ({ ...answer, delayMs: 5 }), { modelId: 'small', pricing });
const large = scriptedModel(
  [{ content: [{ type: 'tool-call', toolCallId: '1', toolName: 'look', input: {} }] }, { text: 'It is 42.' }],
  { modelId: 'large', pricing },
);
const clock = virtualClock(Date.parse('2026-11-24T12:00Z'));
const prompt = 'What is 6 times 7?';

// What is counted, for whom, and for how long.
const ledger = await createLedger({
  store: memoryStore(),
  clock,
  onEvent: ({ type, scope, limit }) => console.log(`${type}: ${limit.dimension} of ${scope.kind} ${scope.id}`),
});
await ledger.setLimit({ kind: 'org', id: 'acme', usd: 100, per: 'month', zone: 'Europe/Berlin' });
await ledger.setLimit({ kind: 'user', id: 'each', calls: 2, per: 'day', zone: 'Europe/Berlin' });
await ledger.setLimit({ kind: 'user', id: 'each', tokens: 1000, per: { rollingMs: 60_000 } });
await ledger.setLimit({ kind: 'user', id: 'each', tokens: 250, soft: true });

const model = withBudget(small, { ledger, scopes: { org: 'acme' } });
const ask = () => generateText(model, prompt, { scopes: { user: 'ada' }, maxOutputTokens: 100 });
await ask();
await ask();
for (const { limit, settled, left } of (await ledger.remaining({ user: 'ada' })).limits) {
  console.log(limit.dimension, limit.per, settled, left);
}

// The third one is refused, and the error says by which limit and until when.
const refused = await ask().catch((error: unknown) => error);
assert(refused instanceof BudgetExceededError);
console.log(refused.message);
console.log(refused.refusal.dimension, refused.refusal.settled, refused.refusal.resetsAtMs);

// Two calls that fit one after the other, and not at the same time.
const runs = await createLedger({ store: memoryStore(), clock });
await runs.setLimit({ kind: 'run', id: 'each', usd: 0.002 });
const both = (whenBusy: 'refuse' | 'wait') => {
  const bounded = withBudget(slow, { ledger: runs, scopes: { run: 'r1' }, whenBusy, answerFloorTokens: 250 });
  return Promise.allSettled([1, 2].map(() => generateText(bounded, prompt, { maxOutputTokens: 250 })));
};
const [, second] = await both('refuse');
if (second?.status === 'rejected') console.log(String(second.reason));
console.log((await both('wait')).map(({ status }) => status));

// Half of what is left, for a sub-agent.
const grant = await runs.grant({ run: 'r1' }, { share: 0.5 });
const bounded = withBudget(small, { ledger: runs });
await generateText(bounded, prompt, { scopes: grant.record, maxOutputTokens: 60 });
const { spent, returned } = await grant.close();
console.log(`granted $${grant.amount.usd}, spent $${spent.usd}, returned $${returned.usd}`);

// An agent and a tool that asks another model: the budget of the agent holds for both.
const look = defineTool({
  name: 'look',
  input: { json: { type: 'object' } },
  run: async (_, { context, charge }) => {
    const { text, charges } = await generateText(small, 'Look it up.', { context, maxOutputTokens: 60 });
    charge(charges);
    return text;
  },
});
const agent = withBudget(large, { ledger: runs, scopes: { run: 'r2' } });
const outcome = await runAgent({ model: agent, tools: [look], prompt, maxOutputTokens: 60 });
const rows = await runs.rows({ scopes: { run: 'r2' }, kind: 'call' });
console.log(outcome.answer, rows.map((row) => row.model.modelId).join(', '));

// A process that dies leaves its hold behind, which counts in full until somebody has looked up what the call cost.
await ledger.setLimit({ kind: 'user', id: 'bob', usd: 0.01 });
const lost = {
  model: { provider: 'house', modelId: 'small' },
  priceKnown: 'list',
  want: { usd: 8_000_000n, tokens: 200n },
} as const;
await ledger.reserve({ attemptId: 'lost', scopes: { user: 'bob' }, ...lost });
await clock.advance(600_000);
for (const { attemptId, hold } of await ledger.rows({ status: 'expired' })) {
  await ledger.reconcile({ attemptId, costUsd: 0.002, reason: "the provider's list of requests" });
  console.log(`held $${hold.usd}, left $${(await ledger.remaining({ user: 'bob' })).now.usd}`);
}

// The store is away: nothing may be spent, or a little.
const store = Object.assign(memoryStore(), { reserve: () => Promise.reject(new Error('connection refused')) });
for (const whenUnreachable of ['refuse', { localUsd: 0.001 }] as const) {
  const away = withBudget(small, { ledger: await createLedger({ store, whenUnreachable }) });
  const result = await generateText(away, prompt, { maxOutputTokens: 100 }).catch((error: unknown) => error);
  console.log(result instanceof Error ? result.message : 'answered');
}

assert.equal(outcome.costUsd, (await runs.totals({ run: 'r2' })).settled.usd);
assert.equal(rows.length, 3);
