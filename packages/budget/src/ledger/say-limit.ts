import { formatUsd } from '../money/format-usd.ts';
import type { StoredLimit } from '../stores/store.ts';
import type { Dimension } from './dimension.ts';
import { windowOf } from './window.ts';

/** An amount of a dimension in a sentence: `$0.50`, `1200 tokens`, `1 call`. */
export function sayAmount(dimension: Dimension, units: bigint): string {
  if (dimension === 'usd') return formatUsd(units);
  if (dimension === 'seconds') return `${Number(units) / 1000} s`;
  return `${units} ${units === 1n ? dimension.slice(0, -1) : dimension}`;
}

/** The window of a limit at the end of a sentence: ` today`, ` in the last 60 s`, or nothing. */
export function sayWindow({ per }: Pick<StoredLimit, 'per'>): string {
  const window = windowOf(per);
  if (window.per === 'total') return '';
  if (typeof window.per === 'object') return ` of the last ${window.per.rollingMs / 1000} s`;
  const zone = window.zone === 'UTC' ? '' : ` (${window.zone})`;
  return window.per === 'day' ? ` today${zone}` : ` this ${window.per}${zone}`;
}

/** When a calendar window starts again, as a sentence; nothing for other windows. */
export function sayReset(resetsAtMs: number): string {
  if (!Number.isFinite(resetsAtMs)) return '';
  return ` The cap resets at ${new Date(resetsAtMs).toISOString().replace(/:00\.000Z$/, 'Z')}.`;
}
