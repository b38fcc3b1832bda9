import type { PriceTable } from '../price-table.ts';

/** Open models as Together sells them. */
// biome-ignore format: one price a line
export const together: PriceTable = {
  provider: 'together',
  providerAliases: ['togetherai', 'togetherai.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23)', checked: '2026-11-24', confidence: 'secondary' },
  models: [
    { model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', prices: [{ from: 'launch', input: '0.88', output: '0.88' }] },
    { model: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8', prices: [{ from: 'launch', input: '0.27', output: '0.85' }] },
    { model: 'meta-llama/Llama-4-Scout-17B-16E-Instruct', prices: [{ from: 'launch', input: '0.18', output: '0.59' }] },
    { model: 'meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo', prices: [{ from: 'launch', input: '3.5', output: '3.5' }] },
    { model: 'meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo', prices: [{ from: 'launch', input: '0.88', output: '0.88' }] },
    { model: 'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo', prices: [{ from: 'launch', input: '0.18', output: '0.18' }] },
    { model: 'mistralai/Mistral-7B-Instruct-v0.2', prices: [{ from: 'launch', input: '0.2', output: '0.2' }] },
    { model: 'mistralai/Mixtral-8x7B-Instruct-v0.1', prices: [{ from: 'launch', input: '0.9', output: '0.9' }] },
  ],
};
