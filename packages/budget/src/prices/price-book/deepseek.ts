import type { PriceSource, PriceTable } from '../price-table.ts';

const everyDay = { times: '2', hours: ['01:00-04:00', '06:00-10:00'] } as const;
const weekdays = { ...everyDay, weekdaysOnly: true } as const;
const old: PriceSource = {
  text: 'api-docs.deepseek.com/quick_start/pricing-details-usd',
  checked: '2026-11-24',
  confidence: 'disputed',
  note: 'An old name. Its price by day is taken; by night it was lower for a while.',
};

/** DeepSeek, by its own API. */
// biome-ignore format: one price a line
export const deepseek: PriceTable = {
  provider: 'deepseek',
  providerAliases: ['deepseek.chat'],
  source: { text: 'api-docs.deepseek.com/quick_start/pricing', checked: '2026-11-24', confidence: 'provider', note: 'Peak hours cost twice as much. Chinese public holidays are priced as working days, which is dearer.' },
  models: [
    { model: 'deepseek-flash', prices: [{ from: '2026-09-10T04:00Z', input: '0.15', output: '0.6', cacheRead: '0.003', peak: weekdays }] },
    { model: 'deepseek-v4-flash', prices: [
      { from: 'launch', input: '0.14', output: '0.28', cacheRead: '0.0028' },
      { from: '2026-08-16T16:00Z', input: '0.22', output: '0.66', cacheRead: '0.007', peak: everyDay },
      { from: '2026-09-10T04:00Z', input: '0.15', output: '0.6', cacheRead: '0.003', peak: weekdays },
    ] },
    { model: 'deepseek-v4-pro', prices: [
      { from: 'launch', input: '0.435', output: '0.87', cacheRead: '0.003625' },
      { from: '2026-08-16T16:00Z', input: '0.66', output: '1.98', cacheRead: '0.022', peak: everyDay },
      { from: '2026-09-10T04:00Z', input: '0.66', output: '1.98', cacheRead: '0.022', peak: weekdays, source: { text: 'api-docs.deepseek.com/quick_start/pricing', checked: '2026-11-24', confidence: 'disputed', note: 'A report says that requests of this name are served and billed as deepseek-flash since 2026-09-14; the price page still lists it, and its dearer price is taken.' } },
    ] },
    { model: 'deepseek-chat', prices: [{ from: 'launch', input: '0.27', output: '1.1', cacheRead: '0.07', source: old }] },
    { model: 'deepseek-reasoner', prices: [{ from: 'launch', input: '0.55', output: '2.19', cacheRead: '0.14', source: old }] },
  ],
};
