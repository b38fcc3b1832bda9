import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, memoryStore } from '@tollgate/budget';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { loadPriceFile } from './load-price-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
const path = join(folder, 'tollgate.prices.json');
const table = (input: string): object => ({
  provider: 'openai',
  providerAliases: ['openai.chat'],
  source: { text: 'contract', checked: '2026-11-01', confidence: 'provider' },
  models: [{ model: 'gpt-6-sol', aliases: ['sol'], prices: [{ from: 'launch', input, output: '7' }] }],
});
const usage = { inputUncached: 1_000_000, outputText: 0 };
const sol = { provider: 'openai', modelId: 'gpt-6-sol' };

writeFileSync(path, JSON.stringify({ kind: 'tollgate-prices', version: 1, tables: [table('1.5'), table('9')] }));
afterAll(() => rmSync(folder, { recursive: true }));

describe('loadPriceFile', () => {
  it('gives a ledger the prices of a file by exact name, the first table before the others', async () => {
    const prices = loadPriceFile(path);
    expect(Object.keys(prices).toSorted()).toEqual([
      'openai.chat/gpt-6-sol',
      'openai.chat/sol',
      'openai/gpt-6-sol',
      'openai/sol',
    ]);
    const ledger = await createLedger({ store: memoryStore(), prices });
    expect(ledger.priceFor(sol)?.priceOf(usage, sol, Date.parse('2026-11-24'))).toMatchObject({
      amount: { usd: 1.5 },
      known: 'override',
    });
  });

  it('is read by a configuration in JSON, beside the prices of its models', async () => {
    const config = join(folder, 'tollgate.config.json');
    const small = {
      kind: 'reference',
      reference: 'openai:gpt-6-luna',
      price: { kind: 'declared-ceiling', usdPerCall: 1 },
    };
    writeFileSync(config, JSON.stringify({ models: { small }, priceFile: './tollgate.prices.json' }));
    const loaded = await loadConfig(config);
    expect(Object.keys(loaded?.config.prices ?? {})).toHaveLength(5);
    expect(loaded?.config.prices?.['small']?.declaration).toEqual({ kind: 'declared-ceiling', usdPerCall: 1 });
    expect(loaded?.config.prices?.['openai/gpt-6-sol']?.priceOf(usage, sol, 0).amount.usd).toBe(1.5);
  });

  it('says how to make a file that is not there', () => {
    expect(() => loadPriceFile(join(folder, 'none.json'))).toThrow(
      /none\.json could not be read.*tollgate prices import FILE --out/,
    );
  });
});
