import type { JsonObject } from '@tollgate/sdk';
import { showUsd } from './show-number.ts';

/** A declared price in words. Kinds that are not known here are listed field by field. */
export function describePrice(price: JsonObject): string {
  const { kind } = price;
  const usd = (field: string): string =>
    typeof price[field] === 'number' ? showUsd(price[field]) : String(price[field]);
  switch (kind) {
    case 'hardware':
      return `${usd('usdPerHour')} per hour of machine and ${price['watts']} W at ${usd('usdPerKwh')} per kWh, for the measured engine time`;
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
