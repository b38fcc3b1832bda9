import { totalUsd } from '../leaf/total-usd.ts';
import type { Charge } from '../spec/result.ts';

/** What asking each source has cost over the runs of one strategy: what not asking it saves, about. */
export class SourcePrices {
  readonly #seen = new Map<number, { usd: number; count: number }>();

  /** Notes what one call to a source cost; calls without a known price are left out. */
  add(source: number, charges: readonly Charge[]): void {
    const usd = charges.length === 0 ? undefined : totalUsd(charges);
    if (usd === undefined) return;
    const seen = this.#seen.get(source) ?? { usd: 0, count: 0 };
    seen.usd += usd;
    seen.count += 1;
    this.#seen.set(source, seen);
  }

  /** Mean cost of a call to a source in US dollars; undefined before the first. */
  meanOf(source: number): number | undefined {
    const seen = this.#seen.get(source);
    return seen === undefined ? undefined : seen.usd / seen.count;
  }
}
