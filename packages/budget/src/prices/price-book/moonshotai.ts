import type { PriceTable } from '../price-table.ts';

/** Kimi, by the API of Moonshot. */
// biome-ignore format: one price a line
export const moonshotai: PriceTable = {
  provider: 'moonshotai',
  providerAliases: ['moonshot', 'moonshotai.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23)', checked: '2026-11-24', confidence: 'secondary' },
  models: [
    { model: 'kimi-k2-0905-preview', prices: [{ from: 'launch', input: '0.6', output: '2.5', cacheRead: '0.15' }] },
    { model: 'kimi-k2-thinking', prices: [{ from: 'launch', input: '0.6', output: '2.5', cacheRead: '0.15' }] },
    { model: 'kimi-k2.5', prices: [{ from: 'launch', input: '0.6', output: '3', cacheRead: '0.1' }] },
    { model: 'kimi-k2.6', prices: [{ from: 'launch', input: '0.95', output: '4', cacheRead: '0.16' }] },
    { model: 'kimi-k2.7-code', prices: [{ from: 'launch', input: '0.95', output: '4', cacheRead: '0.19' }] },
    { model: 'kimi-k2.7-code-highspeed', prices: [{ from: 'launch', input: '1.9', output: '8', cacheRead: '0.38' }] },
    { model: 'kimi-k3', prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.3' }] },
  ],
};
