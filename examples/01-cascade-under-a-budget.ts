// A cascade of two models under a hard cap: what it answers, what that costs, why, and what is left.
// The models are scripted, so this needs no key, no network and no weights.
import assert from 'node:assert/strict';
import { cascade, createLedger, explain, generateText, memoryStore, perToken, voteShare, withBudget } from 'tollgate';
import { scriptedModel } from 'tollgate/testing';

const cheap = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 });
const dear = perToken({ inputUsdPerMillion: 2, outputUsdPerMillion: 8 });
const answers = [{ texts: ['102', '102', '112'] }, { texts: ['1911', '1811', '1901'] }];
const small = scriptedModel(answers, { modelId: 'small', pricing: cheap });
const big = scriptedModel([{ text: '1911' }], { modelId: 'big', pricing: dear });

const ledger = await createLedger({ store: memoryStore() });
await ledger.setLimit({ kind: 'run', id: 'each', usd: 0.001 });

const frugal = cascade([small, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 });
const model = withBudget(frugal, { ledger, scopes: { run: 'demo' } });

for (const question of ['Compute 17 * 6.', 'Compute 91 * 21.']) {
  const { text, costUsd, trace } = await generateText(model, question, { maxOutputTokens: 60 });
  const left = (await ledger.remaining({ run: 'demo' })).now.usd;
  console.log(`${question} ${text}   cost $${costUsd}, left $${left}\n${explain(trace)}`);
}

// Every attempt has its row, and what was held has been settled.
const { settled, held, rows } = await ledger.totals({ run: 'demo' });
assert.deepEqual([small.calls.length, big.calls.length, rows], [2, 1, 3]);
assert.equal(held.usd, 0);
assert.equal(settled.nanoUsd, '19200');

// A call that does not fit the cap is refused before anything is sent.
await ledger.setLimit({ kind: 'run', id: 'demo', usd: settled.usd });
await assert.rejects(generateText(model, 'Compute 5 + 5.', { maxOutputTokens: 60 }), { code: 'budget-exceeded' });
assert.equal((await ledger.totals({ run: 'demo' })).rows, 3);
