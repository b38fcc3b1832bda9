import type { PriceTable } from '../price-table.ts';

/** Open models as Groq sells them. */
// biome-ignore format: one price a line
export const groq: PriceTable = {
  provider: 'groq',
  providerAliases: ['groq.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23)', checked: '2026-11-24', confidence: 'secondary' },
  tiers: { on_demand: '1', auto: '1' },
  models: [
    { model: 'llama-3.1-8b-instant', prices: [{ from: 'launch', input: '0.05', output: '0.08' }] },
    { model: 'llama-3.3-70b-versatile', prices: [{ from: 'launch', input: '0.59', output: '0.79' }] },
    { model: 'meta-llama/llama-4-maverick-17b-128e-instruct', prices: [{ from: 'launch', input: '0.2', output: '0.6' }] },
    { model: 'meta-llama/llama-4-scout-17b-16e-instruct', prices: [{ from: 'launch', input: '0.11', output: '0.34' }] },
    { model: 'moonshotai/kimi-k2-instruct', aliases: ['moonshotai/kimi-k2-instruct-0905'], prices: [{ from: 'launch', input: '1', output: '3', cacheRead: '0.5' }] },
    { model: 'openai/gpt-oss-120b', prices: [{ from: 'launch', input: '0.15', output: '0.6', cacheRead: '0.075' }] },
    { model: 'openai/gpt-oss-20b', prices: [{ from: 'launch', input: '0.075', output: '0.3', cacheRead: '0.0375' }] },
    { model: 'qwen/qwen3-32b', prices: [{ from: 'launch', input: '0.29', output: '0.59' }] },
    { model: 'gemma2-9b-it', aliases: ['gemma2-9b'], prices: [{ from: 'launch', input: '0.2', output: '0.2' }] },
    { model: 'deepseek-r1-distill-llama-70b', prices: [{ from: 'launch', input: '0.75', output: '0.99' }] },
  ],
};
