// A cascade of two models under a hard cap: what it answers, what that costs, why, and what is left.
// The models are scripted, so this needs no key, no network and no weights.
import assert from 'node:assert/strict';
import { cascade, createLedger, explain, generateText, memoryStore, perToken, voteShare, withBudget } from 'tollgate';
import { scriptedModel } from 'tollgate/testing';

const pricing = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 });
const small = scriptedModel([{ texts: ['1911', '1811', '1901'] }], { modelId: 'small', pricing });
const big = scriptedModel([{ text: '1911' }], { modelId: 'big', pricing });
const ledger = await createLedger({ store: memoryStore() });
await ledger.setLimit({ kind: 'run', id: 'each', usd: 0.001 });
const frugal = cascade([small, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 });
const model = withBudget(frugal, { ledger, scopes: { run: 'demo' } });
const { text, costUsd, trace } = await generateText(model, 'Compute 91 * 21.', { maxOutputTokens: 60 });
console.log(`${text} for $${costUsd}, $${(await ledger.remaining({ run: 'demo' })).now.usd} left\n${explain(trace)}`);

// Every attempt has its row, and what was held has been settled.
const { settled, held, rows } = await ledger.totals({ run: 'demo' });
assert.equal(text, '1911');
assert.deepEqual([small.calls.length, big.calls.length, rows], [1, 1, 2]);
assert.equal(held.usd, 0);
assert.equal(settled.usd, costUsd);

// A call that does not fit the cap is refused before anything is sent.
await ledger.setLimit({ kind: 'run', id: 'demo', usd: settled.usd });
await assert.rejects(generateText(model, 'Compute 5 + 5.', { maxOutputTokens: 60 }), { code: 'budget-exceeded' });
assert.equal((await ledger.totals({ run: 'demo' })).rows, 2);
