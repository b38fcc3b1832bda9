// A strategy of your own: a pure core in twenty lines. `runStrategy` makes a model of it that asks real models,
// `replayOutcomes` runs the same core on logged samples.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  defineConfig,
  generateText,
  replayOutcomes,
  resolveStrategies,
  runStrategy,
  type StrategyCore,
} from 'tollgate';
import { readOutcomesFile } from 'tollgate/node';
import { scriptedModel } from 'tollgate/testing';

interface Seen {
  readonly votes: { readonly [answer: string]: number };
  readonly drawn: number;
  readonly leader?: { readonly candidate: string; readonly votes: number };
}

/** Asks one sample after the other until `needed` of them agree, `most` at most. The state is plain JSON. */
function firstTo(needed: number, most: number): StrategyCore<Seen> {
  return {
    name: 'first-to',
    parameters: { needed, most },
    start: () => ({ votes: {}, drawn: 0 }),
    observe: (state, event) => {
      const candidate = event.type === 'drawn' ? event.candidates[0] : undefined;
      if (candidate === undefined) return { ...state, drawn: most };
      const drawn = state.drawn + 1;
      if (candidate.answer === undefined) return { ...state, drawn };
      const count = (state.votes[candidate.answer] ?? 0) + 1;
      const leads = count > (state.leader?.votes ?? 0);
      return {
        votes: { ...state.votes, [candidate.answer]: count },
        drawn,
        ...(leads ? { leader: { candidate: candidate.id, votes: count } } : state.leader && { leader: state.leader }),
      };
    },
    next: ({ drawn, leader }) => {
      if (drawn < most && (leader?.votes ?? 0) < needed) return { type: 'draw', from: 0, count: 1 };
      if (leader === undefined) return { type: 'abstain', reason: 'no sample had an answer' };
      const accepted = leader.votes >= needed;
      return { type: 'accept', candidate: leader.candidate, accepted, reason: `${leader.votes} of ${drawn} agree` };
    },
  };
}

// Live: the core asks a model, and stops as soon as two samples agree.
const small = scriptedModel([{ text: '56' }, { text: '54' }, { text: '56' }], { modelId: 'small' });
const model = runStrategy(firstTo(2, 5), { sources: [small] });
const { text, decision } = await generateText(model, 'Compute 7 * 8.');
console.log(`live: ${text}, ${decision.status}: ${decision.reason}`);
assert.deepEqual([text, decision.status, small.calls.length], ['56', 'accepted', 3]);

// Replayed: the same core by name, beside a plain vote, on the logs of example 02.
const table = await readOutcomesFile(fileURLToPath(new URL('logs.jsonl', import.meta.url)));
const config = defineConfig({
  models: { small: () => small },
  strategies: {
    'first-to-2': (pool, { answer }) => runStrategy(firstTo(2, 5), { sources: [pool.small], answer }),
  },
});
const strategies = resolveStrategies(['vote:small:5', 'first-to-2'], { models: table.models, config });
const { report } = replayOutcomes({ table, strategies });
const [vote, first] = report.strategies;
assert.ok(vote !== undefined && first !== undefined);
for (const { name, accuracy, costPerTaskUsd, attempts } of [vote, first]) {
  console.log(`${name}: ${accuracy * 100} % correct, ${attempts} samples, $${costPerTaskUsd.toFixed(7)} a task`);
}
assert.ok(first.attempts < vote.attempts);
