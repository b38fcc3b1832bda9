import type { JsonObject } from '@tollgate/sdk';
import { showUsd } from './show-number.ts';

/** A declared price in words. Kinds that are not known here are listed field by field. */
export function describePrice(price: JsonObject): string {
  const number = (field: string): number => Number(price[field]);
  const usd = (field: string): string => showUsd(number(field));
  switch (price['kind']) {
    case 'hardware':
      return `${usd('usdPerHour')} per hour of machine and ${number('watts')} W at ${usd('usdPerKwh')} per kWh, for the measured engine time`;
    case 'per-token':
      return `per million tokens ${usd('inputUsdPerMillion')} in and ${usd('outputUsdPerMillion')} out; prompt cache ${usd('cacheReadUsdPerMillion')} read, ${usd('cacheWriteUsdPerMillion')} written`;
    case 'declared-ceiling':
      return `at most ${usd('usdPerCall')} per call, charged in full`;
    case 'price-table':
      return describeTable(price);
    case 'imputed':
      return `nothing is billed; counted as ${describePrice(price['of'] as JsonObject)}`;
    default:
      return Object.entries(price)
        .map(([field, value]) => `${field} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(', ');
  }
}

/** The newest price of a table of one model. */
function describeTable({ known, table }: JsonObject): string {
  const { provider, models } = table as {
    provider: string;
    models: { model: string; prices: { input: string; output: string; from: string }[] }[];
  };
  const { model = '', prices = [] } = models[0] ?? {};
  const { input = '', output = '', from = '' } = prices.at(-1) ?? {};
  return `${known === 'list' ? 'list price' : 'own price'} of ${provider}/${model}: per million tokens $${input} in and $${output} out, from ${from}`;
}
