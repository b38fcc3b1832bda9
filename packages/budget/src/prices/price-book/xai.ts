import type { PriceSource, PriceTable } from '../price-table.ts';

const cache45: PriceSource = {
  text: 'genai-prices 0.1.8 (data of 2026-09-23)',
  checked: '2026-11-24',
  confidence: 'disputed',
  note: 'Sources disagree on cache reads: 0.30 or 0.50 dollars. The dearer is taken.',
};
const grok420: PriceSource = {
  text: 'genai-prices 0.1.8 (data of 2026-09-23) and docs.x.ai',
  checked: '2026-11-24',
  confidence: 'disputed',
  note: 'Its pages say 2 and 6 dollars, or 1.25 and 2.50 after a cut without a date. The dearer is taken.',
};

/** Grok, by the API of xAI. */
// biome-ignore format: one price a line
export const xai: PriceTable = {
  provider: 'xai',
  providerAliases: ['x-ai', 'xai.chat', 'xai.responses'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23), docs.x.ai/docs/models', checked: '2026-11-24', confidence: 'secondary' },
  tiers: { default: '1' },
  units: { web_search: '5', x_search: '5', code_execution: '5', code_interpreter: '5', attachment_search: '10', collections_search: '2.5', file_search: '2.5' },
  models: [
    { model: 'grok-3', aliases: ['grok-3-latest', 'grok-3-beta'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.75' }] },
    { model: 'grok-3-fast', aliases: ['grok-3-fast-latest', 'grok-3-fast-beta'], prices: [{ from: 'launch', input: '5', output: '25', cacheRead: '1.25' }] },
    { model: 'grok-3-mini', aliases: ['grok-3-mini-beta', 'grok-3-mini-latest'], prices: [{ from: 'launch', input: '0.3', output: '0.5', cacheRead: '0.075' }] },
    { model: 'grok-3-mini-fast', aliases: ['grok-3-mini-fast-beta', 'grok-3-mini-fast-latest'], prices: [{ from: 'launch', input: '0.6', output: '4', cacheRead: '0.15' }] },
    { model: 'grok-4-0709', aliases: ['grok-4', 'grok-4-latest'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.75' }] },
    { model: 'grok-4-fast-reasoning', aliases: ['grok-4-fast', 'grok-4-fast-reasoning-latest'], prices: [{ from: 'launch', input: '0.2', output: '0.5', cacheRead: '0.05' }] },
    { model: 'grok-4-fast-non-reasoning', aliases: ['grok-4-fast-non-reasoning-latest'], prices: [{ from: 'launch', input: '0.2', output: '0.5', cacheRead: '0.05' }] },
    { model: 'grok-4-1-fast-reasoning', aliases: ['grok-4-1-fast', 'grok-4-1-fast-reasoning-latest'], prices: [{ from: 'launch', input: '0.2', output: '0.5', cacheRead: '0.05' }] },
    { model: 'grok-4-1-fast-non-reasoning', aliases: ['grok-4-1-fast-non-reasoning-latest'], prices: [{ from: 'launch', input: '0.2', output: '0.5', cacheRead: '0.05' }] },
    { model: 'grok-4.20', aliases: ['grok-4.20-0309-reasoning', 'grok-4.20-0309-non-reasoning'], prices: [{ from: 'launch', input: '2', output: '6', cacheRead: '0.2', over: [{ inputTokens: 199_999, input: '4', output: '12', cacheRead: '0.4' }], source: grok420 }] },
    { model: 'grok-4.20-multi-agent', aliases: ['grok-4.20-multi-agent-0309'], prices: [{ from: 'launch', input: '2', output: '6', cacheRead: '0.2' }] },
    { model: 'grok-4.3', aliases: ['grok-4.3-latest'], prices: [{ from: 'launch', input: '1.25', output: '2.5', cacheRead: '0.2', over: [{ inputTokens: 199_999, input: '2.5', output: '5', cacheRead: '0.4' }] }] },
    { model: 'grok-4.5', aliases: ['grok-4.5-latest'], prices: [{ from: '2026-07-08', input: '2', output: '6', cacheRead: '0.5', over: [{ inputTokens: 199_999, input: '4', output: '12', cacheRead: '1' }], source: cache45 }] },
    { model: 'grok-4.6', aliases: ['grok-4.6-latest'], prices: [{ from: '2026-08-07', input: '2', output: '6', cacheRead: '0.5', over: [{ inputTokens: 199_999, input: '4', output: '12', cacheRead: '1' }] }] },
    { model: 'grok-build-0.1', prices: [{ from: 'launch', input: '1', output: '2', cacheRead: '0.2', over: [{ inputTokens: 199_999, input: '2', output: '4', cacheRead: '0.4' }] }] },
    { model: 'grok-code-fast-1', aliases: ['grok-code-fast', 'grok-code-fast-1-0825'], prices: [{ from: 'launch', input: '0.2', output: '1.5', cacheRead: '0.02' }] },
    { model: 'grok-4.7', prices: [{ from: '2026-09-21', input: '2', output: '6', cacheRead: '0.5', over: [{ inputTokens: 199_999, input: '4', output: '12', cacheRead: '1' }], source: { text: 'docs.x.ai/docs/models/grok-4.7, as read by one guide', checked: '2026-11-24', confidence: 'secondary' } }] },
  ],
};
