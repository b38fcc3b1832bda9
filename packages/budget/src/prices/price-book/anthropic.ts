import type { PriceTable } from '../price-table.ts';

/** Inference in one country costs a tenth more; a workspace may ask for it where the request does not. */
const geo = { global: '1', not_available: '1', us: '1.1' } as const;

/** Anthropic. Its usage keeps cached tokens apart. The priority tier is bought ahead and has no list price. */
// biome-ignore format: one price a line
export const anthropic: PriceTable = {
  provider: 'anthropic',
  providerAliases: ['anthropic.messages'],
  source: { text: 'genai-prices 0.1.8 (data of 2026-09-23), platform.claude.com/docs/en/about-claude/pricing', checked: '2026-11-24', confidence: 'provider', note: 'The factors of fast mode and of inference in one country were read by others.' },
  tiers: { standard: '1', standard_only: '1', batch: '0.5', auto: '1' },
  units: { web_search_requests: '10' },
  models: [
    { model: 'claude-3-haiku-20240307', prices: [{ from: 'launch', input: '0.25', output: '1.25', cacheRead: '0.03', cacheWrite: { '5m': '0.3', '1h': '0.5' } }] },
    { model: 'claude-3-opus-latest', aliases: ['claude-3-opus-20240229'], prices: [{ from: 'launch', input: '15', output: '75', cacheRead: '1.5', cacheWrite: { '5m': '18.75', '1h': '30' } }] },
    { model: 'claude-3-5-haiku-latest', aliases: ['claude-3-5-haiku-20241022'], prices: [{ from: 'launch', input: '0.8', output: '4', cacheRead: '0.08', cacheWrite: { '5m': '1', '1h': '1.6' } }] },
    { model: 'claude-3-5-sonnet-20241022', aliases: ['claude-3-5-sonnet-20240620', 'claude-3-5-sonnet-latest'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' } }] },
    { model: 'claude-3-7-sonnet-latest', aliases: ['claude-3-7-sonnet-20250219'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' } }] },
    { model: 'claude-opus-4-0', aliases: ['claude-opus-4-20250514'], prices: [{ from: 'launch', input: '15', output: '75', cacheRead: '1.5', cacheWrite: { '5m': '18.75', '1h': '30' } }] },
    { model: 'claude-opus-4-1', aliases: ['claude-opus-4-1-20250805'], prices: [{ from: 'launch', input: '15', output: '75', cacheRead: '1.5', cacheWrite: { '5m': '18.75', '1h': '30' } }] },
    { model: 'claude-opus-4-5', aliases: ['claude-opus-4-5-20251101'], prices: [{ from: 'launch', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' } }] },
    { model: 'claude-opus-4-6', prices: [
      { from: 'launch', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' }, over: [{ inputTokens: 200_000, input: '10', output: '37.5', cacheRead: '1', cacheWrite: { '5m': '12.5', '1h': '20' } }], regions: geo },
      { from: '2026-03-13', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' }, regions: geo },
    ] },
    { model: 'claude-opus-4-7', prices: [{ from: 'launch', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' }, regions: geo }] },
    { model: 'claude-opus-4-8', prices: [{ from: 'launch', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' }, regions: geo, speeds: { fast: '2' } }] },
    { model: 'claude-opus-5', prices: [{ from: '2026-07-24', input: '5', output: '25', cacheRead: '0.5', cacheWrite: { '5m': '6.25', '1h': '10' }, regions: geo, speeds: { fast: '2' } }] },
    { model: 'claude-opus-5-5', prices: [{ from: '2026-09-22', input: '4', output: '20', cacheRead: '0.2', cacheWrite: { '5m': '5', '1h': '8' }, regions: geo, speeds: { fast: '2' } }] },
    { model: 'claude-sonnet-4-0', aliases: ['claude-sonnet-4-20250514'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' } }] },
    { model: 'claude-sonnet-4-5', aliases: ['claude-sonnet-4-5-20250929'], prices: [{ from: 'launch', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' }, over: [{ inputTokens: 200_000, input: '6', output: '22.5', cacheRead: '0.6', cacheWrite: { '5m': '7.5', '1h': '12' } }] }] },
    { model: 'claude-sonnet-4-6', prices: [
      { from: 'launch', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' }, over: [{ inputTokens: 200_000, input: '6', output: '22.5', cacheRead: '0.6', cacheWrite: { '5m': '7.5', '1h': '12' } }], regions: geo },
      { from: '2026-03-13', input: '3', output: '15', cacheRead: '0.3', cacheWrite: { '5m': '3.75', '1h': '6' }, regions: geo },
    ] },
    { model: 'claude-sonnet-5', prices: [{ from: 'launch', input: '2', output: '10', cacheRead: '0.2', cacheWrite: { '5m': '2.5', '1h': '4' }, regions: geo }] },
    { model: 'claude-haiku-4-5', aliases: ['claude-haiku-4-5-20251001'], prices: [{ from: 'launch', input: '1', output: '5', cacheRead: '0.1', cacheWrite: { '5m': '1.25', '1h': '2' } }] },
    { model: 'claude-fable-5', aliases: ['claude-mythos-5'], prices: [{ from: '2026-06-09', input: '10', output: '50', cacheRead: '1', cacheWrite: { '5m': '12.5', '1h': '20' }, regions: geo }] },
    { model: 'claude-fable-5-1', aliases: ['claude-mythos-5-1'], prices: [{ from: '2026-09-01', input: '10', output: '50', cacheRead: '0.25', cacheWrite: { '5m': '12.5', '1h': '20' }, regions: geo }] },
    { model: 'claude-fable-5-2', aliases: ['claude-mythos-5-2'], prices: [{ from: 'launch', input: '8', output: '40', cacheRead: '0.2', cacheWrite: { '5m': '10', '1h': '16' }, regions: geo, source: { text: 'platform.claude.com/docs/en/about-claude/pricing, as read by one price tracker', checked: '2026-11-24', confidence: 'secondary', note: 'Its price in fast mode is not known.' } }] },
    { model: 'claude-sonnet-5-5', prices: [
      { from: '2026-09-28', input: '2', output: '10', cacheRead: '0.2', cacheWrite: { '5m': '2.5', '1h': '4' }, regions: geo, source: { text: 'platform.claude.com/docs/en/models/sonnet-5-5/overview', checked: '2026-11-24', confidence: 'provider' } },
      { from: '2026-10-07', input: '2', output: '10', cacheRead: '0.1', cacheWrite: { '5m': '2.5', '1h': '4' }, regions: geo, source: { text: 'platform.claude.com/docs/en/about-claude/pricing, as read by three price trackers', checked: '2026-11-24', confidence: 'secondary', note: 'Cache reads went from 0.1 to 0.05 times the input price on this day; sources read before it say 0.20 dollars.' } },
    ] },
    { model: 'claude-haiku-5-5', prices: [{ from: '2026-10-07', input: '0.1', output: '0.5', cacheRead: '0.01', cacheWrite: { '5m': '0.125', '1h': '0.2' }, over: [{ inputTokens: 100_000, input: '0.5', output: '2.5', cacheRead: '0.05', cacheWrite: { '5m': '0.625', '1h': '1' } }], regions: geo, source: { text: 'platform.claude.com/docs/en/models/haiku-5-5/overview', checked: '2026-11-24', confidence: 'provider' } }] },
  ],
};
