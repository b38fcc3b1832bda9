import type { PriceTable } from '../price-table.ts';

/** Open models as Cerebras sells them. */
// biome-ignore format: one price a line
export const cerebras: PriceTable = {
  provider: 'cerebras',
  providerAliases: ['cerebras.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23)', checked: '2026-11-24', confidence: 'secondary' },
  models: [
    { model: 'gemma-4-31b', prices: [{ from: 'launch', input: '0.99', output: '1.49' }] },
    { model: 'gpt-oss-120b', prices: [{ from: 'launch', input: '0.35', output: '0.75' }] },
    { model: 'llama-3.3-70b', prices: [{ from: 'launch', input: '0.85', output: '1.2' }] },
    { model: 'llama3.1-8b', prices: [{ from: 'launch', input: '0.1', output: '0.1' }] },
    { model: 'qwen-3-32b', prices: [{ from: 'launch', input: '0.4', output: '0.8' }] },
    { model: 'zai-glm-4.7', prices: [{ from: 'launch', input: '2.25', output: '2.75' }] },
  ],
};
