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
    default:
      return Object.entries(price)
        .map(([field, value]) => `${field} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(', ');
  }
}
