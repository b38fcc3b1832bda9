import type { PriceSource, PriceTable } from '../price-table.ts';

const tiers = { default: '1', batch: '0.5', flex: '0.5', priority: '2', fast: '2', auto: '2' } as const;
const ultrafast = (times: string) => ({ ...tiers, ultrafast: times });
const edge: PriceSource = {
  text: 'genai-prices 0.1.8 (data of 2026-09-23) and its notes',
  checked: '2026-11-24',
  confidence: 'disputed',
  note: 'Sources disagree whether a request of exactly 272,000 tokens is long; it is priced as long, which is dearer.',
};
const sol62: PriceSource = {
  text: 'developers.openai.com/api/docs/models/gpt-6.2-sol',
  checked: '2026-11-24',
  confidence: 'provider',
  note: 'Ultrafast costs three times the standard price until the end of February 2027, then six times.',
};

/** OpenAI. Cached and written tokens are inside its input totals, reasoning inside its output; adapters take them apart. */
// biome-ignore format: one price a line
export const openai: PriceTable = {
  provider: 'openai',
  providerAliases: ['openai.responses', 'openai.chat'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23), developers.openai.com/api/docs/pricing', checked: '2026-11-24', confidence: 'secondary', note: 'The factors of service tiers are those of the current models; older models had smaller ones for priority. Regional processing (10 % more) is not in the usage and not in the price.' },
  tiers,
  units: { web_search: '10', file_search: '2.5' },
  models: [
    { model: 'gpt-3.5-turbo', aliases: ['gpt-3.5-turbo-0125'], prices: [{ from: 'launch', input: '0.5', output: '1.5' }] },
    { model: 'gpt-4', aliases: ['gpt-4-0314', 'gpt-4-0613'], prices: [{ from: 'launch', input: '30', output: '60' }] },
    { model: 'gpt-4-turbo', aliases: ['gpt-4-turbo-2024-04-09', 'gpt-4-turbo-0125-preview', 'gpt-4-0125-preview', 'gpt-4-1106-preview', 'gpt-4-turbo-preview'], prices: [{ from: 'launch', input: '10', output: '30' }] },
    { model: 'gpt-4.1', aliases: ['gpt-4.1-2025-04-14'], prices: [{ from: 'launch', input: '2', output: '8', cacheRead: '0.5' }] },
    { model: 'gpt-4.1-mini', aliases: ['gpt-4.1-mini-2025-04-14'], prices: [{ from: 'launch', input: '0.4', output: '1.6', cacheRead: '0.1' }] },
    { model: 'gpt-4.1-nano', aliases: ['gpt-4.1-nano-2025-04-14'], prices: [{ from: 'launch', input: '0.1', output: '0.4', cacheRead: '0.025' }] },
    { model: 'gpt-4o', aliases: ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'], prices: [{ from: 'launch', input: '2.5', output: '10', cacheRead: '1.25' }] },
    { model: 'gpt-4o-2024-05-13', prices: [{ from: 'launch', input: '5', output: '15' }] },
    { model: 'gpt-4o-mini', aliases: ['gpt-4o-mini-2024-07-18'], prices: [{ from: 'launch', input: '0.15', output: '0.6', cacheRead: '0.075' }] },
    { model: 'chatgpt-4o-latest', prices: [{ from: 'launch', input: '5', output: '15' }] },
    { model: 'codex-mini', aliases: ['codex-mini-latest'], prices: [{ from: 'launch', input: '1.5', output: '6', cacheRead: '0.375' }] },
    { model: 'gpt-5', aliases: ['gpt-5-2025-08-07', 'gpt-5-chat', 'gpt-5-chat-latest', 'gpt-5-codex'], prices: [{ from: 'launch', input: '1.25', output: '10', cacheRead: '0.125' }] },
    { model: 'gpt-5-mini', aliases: ['gpt-5-mini-2025-08-07'], prices: [{ from: 'launch', input: '0.25', output: '2', cacheRead: '0.025' }] },
    { model: 'gpt-5-nano', aliases: ['gpt-5-nano-2025-08-07'], prices: [{ from: 'launch', input: '0.05', output: '0.4', cacheRead: '0.005' }] },
    { model: 'gpt-5-pro', aliases: ['gpt-5-pro-2025-10-06'], prices: [{ from: 'launch', input: '15', output: '120' }] },
    { model: 'gpt-5.1', aliases: ['gpt-5.1-2025-11-13', 'gpt-5.1-codex', 'gpt-5.1-codex-max', 'gpt-5.1-chat', 'gpt-5.1-chat-latest'], prices: [{ from: 'launch', input: '1.25', output: '10', cacheRead: '0.125' }] },
    { model: 'gpt-5.1-codex-mini', aliases: ['gpt-5.1-mini'], prices: [{ from: 'launch', input: '0.25', output: '2', cacheRead: '0.025' }] },
    { model: 'gpt-5.2', aliases: ['gpt-5.2-2025-12-11', 'gpt-5.2-chat', 'gpt-5.2-chat-latest', 'gpt-5.2-codex'], prices: [{ from: 'launch', input: '1.75', output: '14', cacheRead: '0.175' }] },
    { model: 'gpt-5.2-pro', aliases: ['gpt-5.2-pro-2025-12-11'], prices: [{ from: 'launch', input: '21', output: '168' }] },
    { model: 'gpt-5.3', aliases: ['gpt-5.3-chat', 'gpt-5.3-chat-latest'], prices: [{ from: 'launch', input: '1.75', output: '14', cacheRead: '0.175' }] },
    { model: 'gpt-5.3-codex', prices: [{ from: 'launch', input: '1.75', output: '14', cacheRead: '0.175' }] },
    { model: 'gpt-5.4', aliases: ['gpt-5.4-2026-03-05'], prices: [{ from: 'launch', input: '2.5', output: '15', cacheRead: '0.25', over: [{ inputTokens: 271_999, input: '5', output: '22.5', cacheRead: '0.5' }], source: edge }] },
    { model: 'gpt-5.4-mini', aliases: ['gpt-5.4-mini-2026-03-17'], prices: [{ from: 'launch', input: '0.75', output: '4.5', cacheRead: '0.075' }] },
    { model: 'gpt-5.4-nano', aliases: ['gpt-5.4-nano-2026-03-17'], prices: [{ from: 'launch', input: '0.2', output: '1.25', cacheRead: '0.02' }] },
    { model: 'gpt-5.4-pro', aliases: ['gpt-5.4-pro-2026-03-05'], prices: [{ from: 'launch', input: '30', output: '180', over: [{ inputTokens: 271_999, input: '60', output: '270' }], source: edge }] },
    { model: 'gpt-5.5', aliases: ['gpt-5.5-2026-04-23', 'gpt-5.5-2026-04-24', 'gpt-5.5-chat', 'gpt-5.5-chat-latest', 'gpt-5.5-codex'], prices: [{ from: 'launch', input: '5', output: '30', cacheRead: '0.5', over: [{ inputTokens: 271_999, input: '10', output: '45', cacheRead: '1' }], source: edge }] },
    { model: 'gpt-5.5-pro', aliases: ['gpt-5.5-pro-2026-04-23'], prices: [{ from: 'launch', input: '30', output: '180', over: [{ inputTokens: 271_999, input: '60', output: '270' }], source: edge }] },
    { model: 'gpt-5.6-luna', prices: [
      { from: 'launch', input: '1', output: '6', cacheRead: '0.1', cacheWrite: { any: '1.25' }, over: [{ inputTokens: 271_999, input: '2', output: '9', cacheRead: '0.2', cacheWrite: { any: '2.5' } }], source: edge },
      { from: '2026-07-30', input: '0.2', output: '1.2', cacheRead: '0.02', cacheWrite: { any: '0.25' }, over: [{ inputTokens: 271_999, input: '0.4', output: '1.8', cacheRead: '0.04', cacheWrite: { any: '0.5' } }], source: edge },
    ] },
    { model: 'gpt-5.6-terra', prices: [
      { from: 'launch', input: '2.5', output: '15', cacheRead: '0.25', cacheWrite: { any: '3.125' }, over: [{ inputTokens: 271_999, input: '5', output: '22.5', cacheRead: '0.5', cacheWrite: { any: '6.25' } }], source: edge },
      { from: '2026-07-30', input: '2', output: '12', cacheRead: '0.2', cacheWrite: { any: '2.5' }, over: [{ inputTokens: 271_999, input: '4', output: '18', cacheRead: '0.4', cacheWrite: { any: '5' } }], source: edge },
    ] },
    { model: 'gpt-5.6-sol', aliases: ['gpt-5.6'], prices: [
      { from: 'launch', input: '5', output: '30', cacheRead: '0.5', cacheWrite: { any: '6.25' }, over: [{ inputTokens: 271_999, input: '10', output: '45', cacheRead: '1', cacheWrite: { any: '12.5' } }], source: edge },
      { from: '2026-08-21', input: '4', output: '20', cacheRead: '0.4', cacheWrite: { any: '5' }, over: [{ inputTokens: 271_999, input: '8', output: '30', cacheRead: '0.8', cacheWrite: { any: '10' } }], source: edge },
    ] },
    { model: 'gpt-6-luna', prices: [{ from: '2026-09-22', input: '0.1', output: '0.5', cacheRead: '0.01', cacheWrite: { any: '0.125' }, over: [{ inputTokens: 272_000, input: '0.2', output: '0.75', cacheRead: '0.02', cacheWrite: { any: '0.25' } }] }] },
    { model: 'gpt-6-sol', prices: [{ from: '2026-09-22', input: '2', output: '10', cacheRead: '0.2', cacheWrite: { any: '2.5' }, over: [{ inputTokens: 272_000, input: '4', output: '15', cacheRead: '0.4', cacheWrite: { any: '5' } }] }] },
    { model: 'gpt-6-astra', prices: [{ from: '2026-09-03', input: '10', output: '50', cacheRead: '1', cacheWrite: { any: '12.5' }, over: [{ inputTokens: 271_999, input: '20', output: '75', cacheRead: '2', cacheWrite: { any: '25' } }], source: edge }] },
    { model: 'o1', aliases: ['o1-2024-12-17'], prices: [{ from: 'launch', input: '15', output: '60', cacheRead: '7.5' }] },
    { model: 'o1-mini', aliases: ['o1-mini-2024-09-12'], prices: [{ from: 'launch', input: '1.1', output: '4.4', cacheRead: '0.55' }] },
    { model: 'o1-pro', aliases: ['o1-pro-2025-03-19'], prices: [{ from: 'launch', input: '150', output: '600' }] },
    { model: 'o3', aliases: ['o3-2025-04-16'], prices: [
      { from: 'launch', input: '10', output: '40', cacheRead: '0.5' },
      { from: '2025-06-10', input: '2', output: '8', cacheRead: '0.5' },
    ] },
    { model: 'o3-mini', aliases: ['o3-mini-2025-01-31'], prices: [{ from: 'launch', input: '1.1', output: '4.4', cacheRead: '0.55' }] },
    { model: 'o3-pro', aliases: ['o3-pro-2025-06-10'], prices: [{ from: 'launch', input: '20', output: '80' }] },
    { model: 'o3-deep-research', aliases: ['o3-deep-research-2025-06-26'], prices: [{ from: 'launch', input: '10', output: '40', cacheRead: '2.5' }] },
    { model: 'o4-mini', aliases: ['o4-mini-2025-04-16'], prices: [{ from: 'launch', input: '1.1', output: '4.4', cacheRead: '0.275' }] },
    { model: 'o4-mini-deep-research', aliases: ['o4-mini-deep-research-2025-06-26'], prices: [{ from: 'launch', input: '2', output: '8', cacheRead: '0.5' }] },
    { model: 'gpt-6.1-sol', prices: [{ from: '2026-09-29', input: '2', output: '10', cacheRead: '0.1', cacheWrite: { any: '2.5' }, over: [{ inputTokens: 272_000, input: '4', output: '15', cacheRead: '0.2', cacheWrite: { any: '5' } }], source: { text: 'developers.openai.com/api/docs/models/gpt-6.1-sol, as read by three price trackers', checked: '2026-11-24', confidence: 'secondary' } }] },
    { model: 'gpt-6.1-terra', prices: [{ from: '2026-10-26', input: '1', output: '5', cacheRead: '0.05', cacheWrite: { '30m': '1.25', '12h': '2.5' }, over: [{ inputTokens: 272_000, input: '2', output: '7.5', cacheRead: '0.1', cacheWrite: { '30m': '2.5', '12h': '5' } }], source: { text: 'developers.openai.com/api/docs/models/gpt-6.1-terra', checked: '2026-11-24', confidence: 'provider' } }] },
    { model: 'gpt-6.2-sol', prices: [
      { from: 'launch', input: '2', output: '10', cacheRead: '0.1', cacheWrite: { '30m': '2.5', '12h': '5' }, over: [{ inputTokens: 272_000, input: '4', output: '15', cacheRead: '0.2', cacheWrite: { '30m': '5', '12h': '10' } }], tiers: ultrafast('3'), source: sol62 },
      { from: '2027-03-01', input: '2', output: '10', cacheRead: '0.1', cacheWrite: { '30m': '2.5', '12h': '5' }, over: [{ inputTokens: 272_000, input: '4', output: '15', cacheRead: '0.2', cacheWrite: { '30m': '5', '12h': '10' } }], tiers: ultrafast('6'), source: sol62 },
    ] },
  ],
};
