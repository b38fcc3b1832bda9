import type { PriceTable } from '../price-table.ts';

/** Gemini by its developer API. */
// biome-ignore format: one price a line
export const google: PriceTable = {
  provider: 'google',
  providerAliases: ['google.generative-ai', 'gemini'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23), ai.google.dev/gemini-api/docs/pricing', checked: '2026-11-24', confidence: 'secondary', note: 'For text, images and video in; audio costs more on several models. Cache storage by the hour is not in the usage and not in the price. The factor of the priority tier is that of 3.7 and 3.8 Flash.' },
  tiers: { standard: '1', batch: '0.5', flex: '0.5', priority: '1.8', auto: '1' },
  units: { google_search: '14' },
  models: [
    { model: 'gemini-2.0-flash', aliases: ['gemini-2.0-flash-001'], prices: [{ from: 'launch', input: '0.1', output: '0.4', cacheRead: '0.025', units: { google_search: '35' } }] },
    { model: 'gemini-2.0-flash-lite', aliases: ['gemini-2.0-flash-lite-001'], prices: [{ from: 'launch', input: '0.075', output: '0.3', units: { google_search: '35' } }] },
    { model: 'gemini-2.5-flash', aliases: ['gemini-2.5-flash-latest', 'gemini-2.5-flash-preview-09-2025'], prices: [{ from: 'launch', input: '0.3', output: '2.5', cacheRead: '0.03', units: { google_search: '35' } }] },
    { model: 'gemini-2.5-flash-lite', prices: [{ from: 'launch', input: '0.1', output: '0.4', cacheRead: '0.01', units: { google_search: '35' } }] },
    { model: 'gemini-2.5-pro', prices: [{ from: 'launch', input: '1.25', output: '10', cacheRead: '0.125', over: [{ inputTokens: 200_000, input: '2.5', output: '15', cacheRead: '0.25' }], units: { google_search: '35' } }] },
    { model: 'gemini-3-flash-preview', prices: [{ from: 'launch', input: '0.5', output: '3', cacheRead: '0.05' }] },
    { model: 'gemini-3-pro-preview', aliases: ['gemini-3-pro-text-preview'], prices: [{ from: 'launch', input: '2', output: '12', cacheRead: '0.2', over: [{ inputTokens: 200_000, input: '4', output: '18', cacheRead: '0.4' }] }] },
    { model: 'gemini-3.1-flash-lite', prices: [{ from: 'launch', input: '0.25', output: '1.5', cacheRead: '0.025' }] },
    { model: 'gemini-3.1-pro-preview', prices: [{ from: 'launch', input: '2', output: '12', cacheRead: '0.2', over: [{ inputTokens: 200_000, input: '4', output: '18', cacheRead: '0.4' }] }] },
    { model: 'gemini-3.5-flash', prices: [{ from: 'launch', input: '1.5', output: '9', cacheRead: '0.15' }] },
    { model: 'gemini-3.5-flash-lite', prices: [{ from: 'launch', input: '0.3', output: '2.5', cacheRead: '0.03' }] },
    { model: 'gemini-3.6-flash', prices: [
      { from: 'launch', input: '0.75', output: '3.75', cacheRead: '0.075' },
      { from: '2027-01-01', input: '1.5', output: '7.5', cacheRead: '0.15' },
    ] },
    { model: 'gemini-3.7-flash', prices: [
      { from: 'launch', input: '0.75', output: '3.75', cacheRead: '0.075' },
      { from: '2027-01-01', input: '1.5', output: '7.5', cacheRead: '0.15' },
    ] },
    { model: 'gemini-3.8-flash', prices: [
      { from: '2026-09-02', input: '0.75', output: '3.75', cacheRead: '0.075' },
      { from: '2027-01-01', input: '1.5', output: '7.5', cacheRead: '0.15' },
    ] },
    { model: 'gemini-embedding-001', prices: [{ from: 'launch', input: '0.15', output: '0' }] },
  ],
};
