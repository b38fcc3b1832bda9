// Before anything is spent: how many samples, how long an answer, which precision, how many turns.
import assert from 'node:assert/strict';
import {
  agentTurnCost,
  emptyLatencyFit,
  fittedLatency,
  hitRate,
  maxOutputTokensWithin,
  memoryPlan,
  observeLatency,
  optimalSamples,
  quantisationAdvice,
  runtimeUtility,
  worthwhileSamples,
} from 'tollgate/planning';

// Samples of a problem that one attempt solves three times in ten, at $0.02 each, where a solution is worth $1.
const samples = worthwhileSamples({ successRate: 0.3, sampleUsd: 0.02, taskValueUsd: 1 });
console.log(`${samples} samples, ${hitRate({ successRate: 0.3 }, samples).toFixed(3)} solved`);

// A verifier that lets a quarter of the wrong answers through: stop early, or not at all.
const advice = optimalSamples({
  difficulties: [
    { share: 0.58, successRate: 0.87 },
    { share: 0.42, successRate: 0.13 },
  ],
  completeness: 1,
  soundness: 0.75,
  valueUsd: 1,
  falseAcceptUsd: 1,
  sampleUsd: 0.01,
});
const precisions = advice.curve.slice(0, 3).map(({ precision }) => precision.toFixed(2));
console.log(`${advice.samples} attempts; accepted ones are right ${precisions.join(', ')} of the time`);

// A latency model of this device, fitted as measurements come in, and the longest answer within two seconds.
let fit = emptyLatencyFit();
for (const [inputTokens, outputTokens, prefillSeconds, decodeSeconds] of [
  [120, 40, 0.13, 1.61],
  [188, 37, 0.2, 1.49],
  [400, 80, 0.41, 3.25],
] as const) {
  fit = observeLatency(fit, { inputTokens, outputTokens, prefillSeconds, decodeSeconds });
}
const { model } = fittedLatency(fit);
const cap = maxOutputTokensWithin(model, { inputTokens: 200, deadlineSeconds: 2 });
console.log(`maxOutputTokens: ${cap}`);

// Patience of about 20 s: what a result after 10 s is worth, and when half is lost.
const patience = runtimeUtility({ kind: 'exponential', scale: 20 });
console.log(`${patience.utilityAt(10).toFixed(3)} after 10 s, half after ${patience.timeOf(0.5).toFixed(1)} s`);

// A reasoning model of 8 billion parameters in 12 GB.
const { bits, reason } = quantisationAdvice({ work: 'reasoning', parameters: 8e9, availableBytes: 12e9 });
const { maxContextTokens } = memoryPlan({
  weights: { quantisedParameters: 8e9, bitsPerWeight: bits ?? 4 },
  cache: { layers: 36, keyValueHeads: 8, headSize: 128 },
  contextTokens: 16_000,
  availableBytes: 12e9,
});
console.log(`${bits} bits: ${reason}; ${maxContextTokens} tokens of context`);

// Twice the turns of an agent are 3.3 times the tokens; with a prompt cache 2.2 times the money.
const agent = { prefixTokens: 5000, appendedTokens: 1500, outputTokens: 400 };
const prices = { inputUsdPerMillion: 3, outputUsdPerMillion: 15, cache: { write: 1.25, read: 0.1 } };
for (const turns of [10, 20]) {
  const { inputTokens, costUsd, nextTurnUsd } = agentTurnCost(agent, prices, turns);
  console.log(`${turns} turns: ${inputTokens} tokens, $${costUsd.toFixed(3)}, the next one $${nextTurnUsd.toFixed(4)}`);
}

assert.equal(samples, 8);
assert.equal(advice.samples, 2);
assert.ok(cap > 30 && cap < 60);
assert.equal(bits, 8);
