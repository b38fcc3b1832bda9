// What a correct answer costs: from logged runs, and from the verdicts that a ledger was told.
import assert from 'node:assert/strict';
import {
  chooseRoute,
  comparePolicies,
  costOfPass,
  counterfactual,
  createLedger,
  createRandom,
  frontier,
  generateText,
  memoryStore,
  type PassRecord,
  perToken,
  recordsFromOutcomes,
  withBudget,
} from 'tollgate';
import { scriptedModel } from 'tollgate/testing';

/** Eight runs of each of 60 tasks, of which `passes` pass. */
const runs = (costUsd: number, passes: (task: number) => number): readonly PassRecord[] =>
  Array.from({ length: 480 }, (_, i) => {
    const task = Math.floor(i / 8);
    return { taskId: `task-${task}`, costUsd: costUsd * (1 + (task % 5)), passed: i % 8 < passes(task) };
  });
const small = runs(0.001, (task) => (task < 40 ? 8 - (task % 3) : task % 2));
const large = runs(0.02, (task) => (task < 55 ? 8 : 2));

// The bill of each policy, with intervals over tasks.
const random = createRandom(1);
for (const [name, records] of Object.entries({ small, large })) {
  const { accuracy, costOfPassUsd, costOfPassCi95 } = costOfPass(records, { random });
  const [low, high] = costOfPassCi95.map((usd) => usd?.toFixed(4));
  console.log(`${name}: ${accuracy.toFixed(3)} pass, $${costOfPassUsd?.toFixed(4)} a pass [${low}, ${high}]`);
}

// The two on the same tasks: what makes a task hard for both cancels.
const { accuracy } = comparePolicies(large, small, { random });
console.log(
  `large passes ${accuracy.difference?.toFixed(3)} more [${accuracy.ci95.map((x) => x?.toFixed(3)).join(', ')}]`,
);

// Each task by whichever is cheapest on it, a person at $2 as the way out; and what is lost without either.
const best = frontier({ small, large }, { baselineUsd: 2, random });
const { groups } = counterfactual({ small, large }, { baselineUsd: 2, random });
console.log(`frontier $${best.usd?.toFixed(4)}, small carries ${best.shares['small']?.toFixed(2)} of it`);
console.log(
  `needed: small ${groups['small']?.essentialness.toFixed(2)}, large ${groups['large']?.essentialness.toFixed(2)}`,
);

// Cost-of-pass alone likes what is cheap and mostly wrong. What to minimise is money with the failures priced.
const options = [
  { name: 'small', costUsd: 0.003, passRate: 0.64, falseAcceptRate: 0.1 },
  { name: 'large', costUsd: 0.06, passRate: 0.94, falseAcceptRate: 0.02 },
];
const route = chooseRoute(options, { fallbackUsd: 2, harmUsd: 5 });
console.log(`${route.policy}: $${route.expectedUsd.toFixed(2)} a task, ${route.reason}`);

// In production the verdict comes later, and the ledger knows what the work took.
const ledger = await createLedger({ store: memoryStore() });
const pricing = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 });
const model = scriptedModel([{ text: '41' }, { text: '42' }], { modelId: 'small', pricing });
for (const attempt of ['first', 'second']) {
  const scopes = { task: 'fix-142', class: 'bugs', attempt };
  await generateText(withBudget(model, { ledger }), 'Fix it.', { scopes, maxOutputTokens: 40 });
}
await ledger.reportOutcome({ scopes: { task: 'fix-142' }, passed: true, source: 'tests' });
const passes = recordsFromOutcomes({ outcomes: await ledger.outcomes(), rows: await ledger.rows() });
const [group] = passes.groups;
console.log(group?.taskClass, group?.policy, costOfPass(group?.records ?? [], { random }).costOfPassUsd);

assert.equal(route.policy, 'large');
assert.equal(passes.unjudged.attempts, 0);
assert.equal(costOfPass(group?.records ?? [], { random }).costUsd, (await ledger.totals()).settled.usd);
