import { showCounted } from '../report/show-number.ts';
import { scopeText, type SpendReport } from './spend-figures.ts';
import { clockOf } from './spend-over-time.ts';

/** What the report is about, in a sentence: how many attempts, whose, from when to when. */
export function spendHeading({ totals, scopes, firstMs, lastMs, overTime: { zone } }: SpendReport): string {
  const whose = Object.entries(scopes).map(([kind, id]) => scopeText({ kind, id }));
  const count = `${showCounted(totals.attempts, 'attempt', 'attempts')}${whose.length === 0 ? '' : ` of ${whose.join(', ')}`}`;
  if (firstMs === null || lastMs === null) return `${count}.`;
  const clock = clockOf(zone);
  const [first, last] = [clock(firstMs), clock(lastMs)];
  return `${count}, ${first === last ? first : `${first} to ${last}`} (${zone}).`;
}
