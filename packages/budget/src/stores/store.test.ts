import { describe, expect, it } from 'vitest';
import { storeMakers } from './__fixtures__/store-makers.ts';
import { describeStore } from './conformance/describe-store.ts';
import { runStoreModel } from './conformance/run-store-model.ts';

for (const { name, make } of storeMakers) describeStore(name, make, { describe, it, modelRuns: 1 });

describe('random steps against the reference', () => {
  const runs: { readonly [store: string]: number } = {
    memory: 210,
    sqlite: 24,
    'sqlite, two connections by turns': 18,
  };
  const stepsPerRun = 400;
  const done = new Map<string, number>();
  let steps = 0;

  it.each(storeMakers)(
    'agree for the store: $name',
    async ({ name, make }) => {
      for (let seed = 1; seed <= (runs[name] ?? 0); seed += 1) {
        const subject = make();
        try {
          const run = await runStoreModel(subject, { seed: seed + 1000, steps: stepsPerRun });
          steps += run.steps;
          for (const [outcome, times] of Object.entries(run.outcomes)) {
            done.set(outcome, (done.get(outcome) ?? 0) + times);
          }
        } finally {
          await subject.dispose();
        }
      }
    },
    60_000,
  );

  it('are 100,000 and more, and each kind of them is among them a thousand times', () => {
    expect(steps).toBeGreaterThanOrEqual(100_000);
    const kinds = ['held', 'refused', 'missing-scope', 'grant-closed', 'settled', 'released', 'reconciled', 'recorded'];
    for (const kind of kinds) expect([kind, done.get(kind)]).toEqual([kind, expect.any(Number)]);
    expect(kinds.filter((kind) => (done.get(kind) ?? 0) < 1000)).toEqual([]);
  });
});
