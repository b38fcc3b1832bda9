import { readFileSync } from 'node:fs';
import type { Usage } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { compileEntries } from './compiled-entry.ts';
import { builtInTables } from './price-book/built-in-tables.ts';
import { priceUsage } from './price-usage.ts';

const short: Usage = {
  inputUncached: 1_000,
  cacheRead: 1_000,
  cacheWrite: { total: 1_000 },
  outputText: 1_000,
  outputReasoning: 1_000,
};
const long: Usage = { ...short, inputUncached: 1_000_000 };

/** What a short and a long usage cost in nano-dollars by each entry, at its own beginning. */
function priced(): { readonly [entry: string]: readonly [string, string] } {
  const all = builtInTables.flatMap(({ models, ...table }) =>
    models.flatMap((model) =>
      compileEntries(table, model).map((entry) => {
        const listed = { provider: table.provider, modelId: model.model };
        const nano = (usage: Usage): string =>
          priceUsage(usage, {
            entry,
            model: listed,
            listed,
            atMs: Number.isFinite(entry.fromMs) ? entry.fromMs : 0,
            known: 'list',
          }).amount.nanoUsd;
        return [`${listed.provider}/${listed.modelId} ${entry.from}`, [nano(short), nano(long)]] as const;
      }),
    ),
  );
  return Object.fromEntries(all);
}

describe('the built-in tables', () => {
  it('are only added to: what was priced once is priced the same again', () => {
    const path = new URL('__fixtures__/priced-entries.json', import.meta.url);
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof priced>;
    // A new price is a new entry here; an old line that changes, or goes, changes what somebody was charged.
    expect(priced()).toEqual(recorded);
  });
});
