import type { PriceSource, PriceTable } from '../price-table.ts';

const latest: PriceSource = {
  text: 'genai-prices 0.1.8 (data of 2026-09-23)',
  checked: '2026-11-24',
  confidence: 'disputed',
  note: 'Sources disagree which version mistral-large-latest is: that of 2411 at 2 and 6 dollars, or 2512 at 0.50 and 1.50. The dearer is taken.',
};

/** Mistral, by its own API. */
// biome-ignore format: one price a line
export const mistral: PriceTable = {
  provider: 'mistral',
  providerAliases: ['mistral.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23), mistral.ai/pricing/api', checked: '2026-11-24', confidence: 'secondary' },
  tiers: { batch: '0.5' },
  models: [
    { model: 'codestral-2501', aliases: ['codestral-latest'], prices: [{ from: 'launch', input: '0.3', output: '0.9' }] },
    { model: 'codestral-2508', prices: [{ from: 'launch', input: '0.3', output: '0.9', cacheRead: '0.03' }] },
    { model: 'devstral-2512', prices: [{ from: 'launch', input: '0.4', output: '2', cacheRead: '0.04' }] },
    { model: 'devstral-small', aliases: ['devstral-small-2505', 'devstral-small-2507', 'devstral-small-latest', 'labs-devstral-small-2512'], prices: [{ from: 'launch', input: '0.1', output: '0.3' }] },
    { model: 'magistral-medium', aliases: ['magistral-medium-latest'], prices: [{ from: 'launch', input: '2', output: '5' }] },
    { model: 'ministral-3b', prices: [{ from: 'launch', input: '0.04', output: '0.04' }] },
    { model: 'ministral-3b-2512', prices: [{ from: 'launch', input: '0.1', output: '0.1', cacheRead: '0.01' }] },
    { model: 'ministral-8b', aliases: ['ministral-8b-2410'], prices: [{ from: 'launch', input: '0.1', output: '0.1' }] },
    { model: 'ministral-8b-2512', prices: [{ from: 'launch', input: '0.15', output: '0.15', cacheRead: '0.015' }] },
    { model: 'ministral-8b-latest', prices: [
      { from: 'launch', input: '0.1', output: '0.1' },
      { from: '2025-12-02', input: '0.15', output: '0.15', cacheRead: '0.015' },
    ] },
    { model: 'ministral-14b-2512', prices: [{ from: 'launch', input: '0.2', output: '0.2', cacheRead: '0.02' }] },
    { model: 'mistral-large-2411', aliases: ['mistral-large-2407', 'mistral-large-latest'], prices: [{ from: 'launch', input: '2', output: '6', source: latest }] },
    { model: 'mistral-large-2512', prices: [{ from: 'launch', input: '0.5', output: '1.5', cacheRead: '0.05' }] },
    { model: 'mistral-medium-2508', aliases: ['mistral-medium-2505', 'mistral-medium'], prices: [{ from: 'launch', input: '0.4', output: '2', cacheRead: '0.04' }] },
    { model: 'mistral-medium-3-5', aliases: ['mistral-medium-3.5', 'mistral-medium-3'], prices: [{ from: 'launch', input: '1.5', output: '7.5', cacheRead: '0.15' }] },
    { model: 'mistral-medium-latest', prices: [
      { from: 'launch', input: '0.4', output: '2', cacheRead: '0.04' },
      { from: '2026-06-16', input: '1.5', output: '7.5', cacheRead: '0.15' },
    ] },
    { model: 'mistral-nemo', aliases: ['open-mistral-nemo'], prices: [{ from: 'launch', input: '0.15', output: '0.15' }] },
    { model: 'mistral-small-2603', prices: [{ from: 'launch', input: '0.15', output: '0.6', cacheRead: '0.015' }] },
    { model: 'pixtral-large-2411', aliases: ['pixtral-large-latest'], prices: [{ from: 'launch', input: '2', output: '6' }] },
    { model: 'pixtral-12b', aliases: ['pixtral-12b-latest'], prices: [{ from: 'launch', input: '0.15', output: '0.15' }] },
    { model: 'mistral-embed', prices: [{ from: 'launch', input: '0.1', output: '0.1' }] },
  ],
};
