import { InvalidOptionError } from '@tollgate/sdk';
import { parseFactor, parseRate } from './parse-rate.ts';
import type { LongRates, ModelPrices, PriceEntry, PriceSource, PriceTable, Rates } from './price-table.ts';

/** Prices of tokens as multiples of 10⁻¹⁵ dollars per million. */
export interface CompiledRates {
  /** More input than this. Absent for the shortest requests. */
  readonly over?: number;
  readonly input: bigint;
  readonly output: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: ReadonlyMap<string, bigint>;
  readonly dearestWrite: bigint;
  readonly reasoning: bigint;
}

/** Factors in thousandths by name. */
export type Factors = ReadonlyMap<string, bigint>;

/** A daily window as minutes since midnight UTC. */
export interface PeakHours {
  readonly times: bigint;
  readonly windows: readonly (readonly [number, number])[];
  readonly weekdaysOnly: boolean;
}

/** A price entry ready to be multiplied. */
export interface CompiledEntry {
  readonly fromMs: number;
  readonly from: string;
  readonly until?: string;
  /** By rising threshold; the first has none. */
  readonly rates: readonly [CompiledRates, ...CompiledRates[]];
  readonly tiers: Factors;
  readonly speeds: Factors;
  readonly regions: Factors;
  /** US dollars per million, like the prices of tokens. */
  readonly units: ReadonlyMap<string, bigint>;
  readonly peak?: PeakHours;
  readonly source: PriceSource;
}

/** The entries of a model by rising moment. @throws InvalidOptionError where a number or a date cannot be read. */
export function compileEntries(table: Omit<PriceTable, 'models'>, { prices }: ModelPrices): readonly CompiledEntry[] {
  return prices.map((entry, i) => compileEntry(table, entry, prices[i + 1]?.from));
}

function compileEntry(table: Omit<PriceTable, 'models'>, entry: PriceEntry, until: string | undefined): CompiledEntry {
  const peak = entry.peak ?? table.peak;
  return {
    from: entry.from,
    fromMs: momentOf(entry.from),
    ...(until !== undefined && { until }),
    rates: [ratesOf(entry), ...(entry.over ?? []).map((long) => ({ ...ratesOf(long), over: long.inputTokens }))],
    tiers: factors(entry.tiers ?? table.tiers, { default: '1', standard: '1' }),
    speeds: factors(entry.speeds ?? table.speeds, { standard: '1' }),
    regions: factors(entry.regions ?? table.regions, {}),
    units: new Map(
      Object.entries(entry.units ?? table.units ?? {}).map(([unit, usd]) => [unit, 1000n * parseRate(usd)]),
    ),
    ...(peak !== undefined && {
      peak: {
        times: parseFactor(peak.times),
        windows: peak.hours.map(windowOf),
        weekdaysOnly: peak.weekdaysOnly === true,
      },
    }),
    source: entry.source ?? table.source,
  };
}

function ratesOf(rates: Rates | LongRates): CompiledRates {
  const input = parseRate(rates.input);
  const output = parseRate(rates.output);
  const cacheWrite = new Map(
    Object.entries(rates.cacheWrite ?? { any: rates.input }).map(([ttl, usd]) => [ttl, parseRate(usd)]),
  );
  return {
    input,
    output,
    cacheRead: rates.cacheRead === undefined ? input : parseRate(rates.cacheRead),
    cacheWrite,
    dearestWrite: largest([...cacheWrite.values()]),
    reasoning: rates.reasoning === undefined ? output : parseRate(rates.reasoning),
  };
}

function factors(given: PriceTable['tiers'], implied: { readonly [name: string]: string }): Factors {
  return new Map(Object.entries({ ...implied, ...given }).map(([name, factor]) => [name, parseFactor(factor)]));
}

/** Milliseconds since the epoch. @throws InvalidOptionError for what is neither `launch` nor an ISO 8601 day or moment in UTC. */
export function momentOf(from: string): number {
  if (from === 'launch') return -Infinity;
  const ms = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/.test(from) ? Date.parse(from) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidOptionError(
    'from',
    `A price begins at a day or moment in UTC such as "2026-09-22" or "2026-08-16T16:00Z", or at "launch"; received ${JSON.stringify(from)}.`,
  );
}

function windowOf(hours: string): readonly [number, number] {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours) ?? [];
  const from = 60 * Number(fromHour) + Number(fromMinute);
  const to = 60 * Number(toHour) + Number(toMinute);
  if (from < to && to <= 24 * 60) return [from, to];
  throw new InvalidOptionError(
    'hours',
    `Peak hours are a window of one day in UTC such as "01:00-04:00", received ${JSON.stringify(hours)}.`,
  );
}

/** The largest of some numbers ≥ 0. */
export function largest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
