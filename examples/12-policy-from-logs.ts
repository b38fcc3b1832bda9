// The cheapest policy that keeps your quality, from your own logs, and the model that your app then asks. The log is made
// up: two models, where the small one's recorded confidence says when it is right.
import assert from 'node:assert/strict';
import {
  finalNumber,
  fromProfile,
  generateText,
  optimizedProfile,
  optimizePolicy,
  parseOutcomes,
  renderOptimized,
  systemClock,
} from 'tollgate';
import { scriptedModel } from 'tollgate/testing';

const lines = Array.from({ length: 400 }, (_, task) => {
  const isEasy = task % 3 !== 0;
  const row = (model: string, correct: boolean, costUsd: number, agreeing: boolean) =>
    Array.from({ length: 3 }, (__, sample) => ({
      task: `t${task}`,
      model,
      sample,
      answer: correct || agreeing ? (correct ? 'right' : 'wrong') : `wrong ${sample}`,
      correct,
      costUsd,
    }));
  return [...row('small', isEasy, 0.0001, false), ...row('large', task % 25 !== 0, 0.002, true)];
});
const table = parseOutcomes(
  lines.flat().map((line) => JSON.stringify(line)),
  { source: 'logs' },
);

const optimized = optimizePolicy({ table, objective: { accuracy: 0.93 } });
console.log(renderOptimized(optimized));
const [single] = optimized.baselines;
assert.ok(single !== undefined && optimized.heldOut.usdPerTask < 0.6 * single.usdPerTask);
assert.ok(optimized.heldOut.accuracy > 0.9);

// The profile is a file; the app builds the policy out of its own models.
const profile = optimizedProfile(optimized, { source: 'logs', clock: systemClock });
const small = scriptedModel([{ texts: ['41', '42', '43'] }], { modelId: 'small' });
const large = scriptedModel([{ text: '42' }], { modelId: 'large' });
const model = fromProfile(JSON.parse(JSON.stringify(profile)), { small, large }, { answer: finalNumber() });
const result = await generateText(model, 'What is 6 times 7?');
console.log(`\n${result.text}: ${result.decision.reason}`);
assert.equal(result.text, '42');
