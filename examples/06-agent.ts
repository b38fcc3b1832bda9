// An agent under a cap of money and of turns: it works with tools, mends its own mistake, is stopped in time, hands in what it
// has, and goes on from there later. The model is scripted, so this needs no key, no network and no weights.
import assert from 'node:assert/strict';
import { createLedger, defineTool, explain, memoryStore, perToken, runAgent, withBudget } from 'tollgate';
import { scriptedModel } from 'tollgate/testing';
import { z } from 'zod';

const stock = new Map([
  ['apples', 12],
  ['pears', 0],
]);
const look = defineTool({
  name: 'look',
  description: 'Says how many of a fruit are in stock.',
  input: z.object({ fruit: z.string() }),
  run: ({ fruit }) => {
    const count = stock.get(fruit);
    if (count === undefined) throw new Error(`There is no "${fruit}". There are: ${[...stock.keys()].join(', ')}.`);
    return { fruit, count };
  },
});

const call = (toolCallId: string, fruit: string) =>
  ({ type: 'tool-call', toolCallId, toolName: 'look', input: { fruit } }) as const;
const script = scriptedModel(
  [
    { content: [call('1', 'apple'), call('2', 'pears')] }, // two calls at once; one is wrong
    { content: [call('3', 'apples')] },
    { text: 'Apples: 12. Pears: none. Plums: not looked up.' }, // the closing turn
    { text: 'Order pears.' },
  ],
  {
    modelId: 'small',
    capabilities: { tools: true },
    pricing: perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 }),
  },
);
const ledger = await createLedger({ store: memoryStore() });
await ledger.setLimit({ kind: 'task', id: 'each', usd: 0.01 });
const model = withBudget(script, { ledger, scopes: { task: 'stock' } });
const prompt = 'How many apples, pears and plums are there?';
const outcome = await runAgent({ model, tools: [look], prompt, turns: 2, maxOutputTokens: 200 });
console.log(`${outcome.status} after ${outcome.turns} turns, $${outcome.costUsd}: ${outcome.answer}`);
console.log(explain(outcome.trace));

// The wrong call was an error that the model could read and mend; the closing turn had the tools, and could not call them.
const [first] = outcome.messages.flatMap((message) => (message.role === 'tool' ? message.content : []));
assert.deepEqual([first?.isError, first?.output], [true, 'There is no "apple". There are: apples, pears.']);
assert.deepEqual([script.calls[2]?.tools?.length, script.calls[2]?.toolChoice], [1, 'none']);

// What it did is not lost: the state is plain JSON, and another run goes on from it.
assert.equal(outcome.status, 'turn-limit');
const saved = JSON.parse(JSON.stringify(outcome.state)) as typeof outcome.state;
const next = await runAgent({ model, tools: [look], prompt: 'What is to be done?', resume: saved, turns: 10 });
assert.deepEqual([next.status, next.answer, next.turns], ['finished', 'Order pears.', 4]);

// Every attempt of both runs has its row, and nothing is held any more.
const totals = await ledger.totals({ task: 'stock' });
assert.deepEqual([totals.rows, totals.held.usd], [4, 0]);
assert.equal(totals.settled.usd, (outcome.costUsd ?? 0) + (next.costUsd ?? 0));
