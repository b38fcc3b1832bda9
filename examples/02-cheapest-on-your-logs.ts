// Which strategy would have been cheapest on your own logs? No model is asked: every strategy is replayed on a table
// of logged samples, one line a sample. The log here is made up; put your own in its place.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { renderTable, replayOutcomes, resolveStrategies } from 'tollgate';
import { readOutcomesFile } from 'tollgate/node';

const table = await readOutcomesFile(fileURLToPath(new URL('logs.jsonl', import.meta.url)));

const strategies = resolveStrategies(
  [
    'single:small',
    'single:large',
    'vote:small:5',
    'vote:large:3',
    'cascade:small,large:3@0.6',
    'cascade:small,large:3@1',
  ],
  { models: table.models },
);
const { report, draws } = replayOutcomes({ table, strategies, repeats: 100, seed: 7 });
console.log(renderTable(report));

// The cheapest that is good enough. Cost-of-pass alone would choose the model that is cheap and mostly wrong.
const floor = 0.9;
const [cheapest] = report.strategies
  .filter((strategy) => strategy.accuracy >= floor)
  .sort((a, b) => a.costPerTaskUsd - b.costPerTaskUsd);
const single = report.strategies.find((strategy) => strategy.name === 'single:large');
assert.ok(cheapest !== undefined && single !== undefined);
const saved = 1 - cheapest.costPerTaskUsd / single.costPerTaskUsd;
console.log(
  `\ncheapest with ${floor * 100} % or more: ${cheapest.name}, ${Math.round(saved * 100)} % below single:large`,
);

assert.equal(report.tasks, 40);
assert.ok(cheapest.name.startsWith('cascade:'));
assert.ok(saved > 0);
assert.ok(draws > 10_000);

// A table has no samples to give beyond those that were logged, and says so.
assert.throws(
  () => replayOutcomes({ table, strategies: resolveStrategies(['vote:large:8'], { models: table.models }) }),
  { code: 'exhausted' },
);
