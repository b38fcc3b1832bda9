import { type ModelRef, type Money, type Price, UnknownPriceError, type Usage } from '@tollgate/sdk';
import { divideUp } from '../money/decimal.ts';
import { moneyOf } from '../money/nano-usd.ts';
import type { CompiledEntry, CompiledRates, Factors } from './compiled-entry.ts';
import { rateText, rateTokensPerNano } from './parse-rate.ts';
import { peakFactor } from './peak-factor.ts';
import type { PriceSource } from './price-table.ts';

/** One product of a price. */
export interface PriceLine {
  /** For example `input` or `cache write (1h)`; the name of the unit for what is billed apart from tokens. */
  readonly what: string;
  /** Tokens or units. */
  readonly tokens: number;
  /** US dollars per million, all factors included. A fee of $10 per 1,000 reads 10000. */
  readonly usdPerMillion: string;
  /** The lines of a price add up to its amount: each is rounded so that no nano-dollar is lost. */
  readonly amount: Money;
}

/** The entry that priced a usage, and which of its terms applied. */
export interface PriceProvenance {
  readonly provider: string;
  /** The id of the entry; the usage's model may be one of its aliases. */
  readonly model: string;
  readonly from: string;
  /** Moment at which the next entry begins. */
  readonly until?: string;
  /** The request counted as long: its input was more than this. */
  readonly overInputTokens?: number;
  /** Factors that multiplied the prices of tokens, by name, for example `{ "tier batch": "0.5" }`. */
  readonly factors: { readonly [name: string]: string };
  readonly source: PriceSource;
}

/** A price and how it was computed. */
export interface PricedUsage extends Price {
  readonly lines: readonly PriceLine[];
  readonly entry: PriceProvenance;
}

/** What a computation needs besides the usage. */
export interface PriceContext {
  readonly entry: CompiledEntry;
  readonly model: ModelRef;
  /** Provider and id of the entry. */
  readonly listed: ModelRef;
  readonly atMs: number;
  readonly known: Price['known'];
}

/** Multiplies a usage out. @throws UnknownPriceError where a bucket, a unit, a tier, a speed or a region has no price. */
export function priceUsage(usage: Usage, context: PriceContext): PricedUsage {
  const { entry, model, listed, known } = context;
  const counts = countsOf(usage, entry, model);
  const size = counts.inputUncached + counts.cacheRead + counts.cacheWrite;
  const rates = entry.rates.findLast(({ over }) => over === undefined || size > over) ?? entry.rates[0];
  const factors = factorsOf(usage, context);
  const factor = [...factors.values()].reduce((product, times) => product * times, 1n);
  const scale = 1000n ** BigInt(factors.size);
  const products = [
    ...tokenProducts(usage, counts, { rates, model }).map(
      ([what, count, rate]) => [what, count, (rate * factor) / scale] as const,
    ),
    ...unitProducts(usage, entry, model),
  ];
  let exact = 0n;
  let total = 0n;
  const lines = products.map(([what, count, rate]): PriceLine => {
    exact += BigInt(count) * rate;
    const before = total;
    total = divideUp(exact, rateTokensPerNano);
    return { what, tokens: count, usdPerMillion: rateText(rate), amount: moneyOf(total - before) };
  });
  return {
    amount: moneyOf(total),
    known,
    lines,
    entry: {
      provider: listed.provider,
      model: listed.modelId,
      from: entry.from,
      ...(entry.until !== undefined && { until: entry.until }),
      ...(rates.over !== undefined && { overInputTokens: rates.over }),
      factors: Object.fromEntries([...factors].map(([name, times]) => [name, String(Number(times) / 1000)])),
      source: entry.source,
    },
  };
}

type Counts = Record<'inputUncached' | 'cacheRead' | 'cacheWrite' | 'outputText' | 'outputReasoning', number>;

/** A usage that leaves a bucket out has none of it, except for those that every answer has. */
function countsOf(usage: Usage, { rates }: CompiledEntry, model: ModelRef): Counts {
  const isFree = (bucket: 'input' | 'output'): boolean => rates.every((at) => at[bucket] === 0n);
  return {
    inputUncached: count('inputUncached', usage.inputUncached ?? (isFree('input') ? 0 : undefined), model),
    cacheRead: count('cacheRead', usage.cacheRead ?? 0, model),
    cacheWrite: count('cacheWrite.total', usage.cacheWrite?.total ?? 0, model),
    outputText: count('outputText', usage.outputText ?? (isFree('output') ? 0 : undefined), model),
    outputReasoning: count('outputReasoning', usage.outputReasoning ?? 0, model),
  };
}

function count(bucket: string, value: number | undefined, model: ModelRef): number {
  const whole = value === undefined ? Number.NaN : Math.ceil(value);
  if (Number.isSafeInteger(whole) && whole >= 0) return whole;
  throw new UnknownPriceError(
    `${nameOf(model)} is priced per token, and the usage says ${bucket}: ${value}. A bucket that may cost something must be a number of tokens.`,
  );
}

type Product = readonly [what: string, count: number, rate: bigint];

interface RatesOf {
  readonly rates: CompiledRates;
  readonly model: ModelRef;
}

function tokenProducts(usage: Usage, counts: Counts, of: RatesOf): readonly Product[] {
  const { rates } = of;
  const all: readonly Product[] = [
    ['input', counts.inputUncached, rates.input],
    ['cache read', counts.cacheRead, rates.cacheRead],
    ...writeProducts(usage.cacheWrite, counts.cacheWrite, of),
    ['output', counts.outputText, rates.output],
    ['reasoning', counts.outputReasoning, rates.reasoning],
  ];
  return all.filter(([, tokens]) => tokens > 0);
}

function writeProducts(write: Usage['cacheWrite'], total: number, { rates, model }: RatesOf): readonly Product[] {
  const parts = Object.entries(write?.byTtl ?? {}).map(
    ([ttl, tokens]) => [ttl, count(`cacheWrite.${ttl}`, tokens, model)] as const,
  );
  // Lifetimes that do not add up would price some tokens twice or not at all.
  if (parts.length === 0 || parts.reduce((sum, [, tokens]) => sum + tokens, 0) !== total) {
    const isOne = rates.cacheWrite.size === 1;
    return [[isOne ? 'cache write' : 'cache write (lifetime not told: the dearest)', total, rates.dearestWrite]];
  }
  return parts
    .filter(([, tokens]) => tokens > 0)
    .map(([ttl, tokens]) => {
      const rate = rates.cacheWrite.get(ttl) ?? rates.cacheWrite.get('any');
      if (rate !== undefined) return [`cache write (${ttl})`, tokens, rate];
      throw new UnknownPriceError(
        `${nameOf(model)} has no price for cache writes that live ${ttl}; prices are known for ${[...rates.cacheWrite.keys()].join(', ')}.`,
      );
    });
}

function unitProducts({ units = {} }: Usage, entry: CompiledEntry, model: ModelRef): readonly Product[] {
  return Object.entries(units)
    .filter(([, value]) => value !== 0)
    .map(([unit, value]) => {
      const rate = entry.units.get(unit);
      if (rate === undefined) throw unknownUnit(unit, entry, model);
      return [unit, count(`units.${unit}`, value, model), rate];
    });
}

/** The error for a unit without a price. */
export function unknownUnit(unit: string, entry: CompiledEntry, model: ModelRef): UnknownPriceError {
  const known = entry.units.size === 0 ? 'none' : [...entry.units.keys()].join(', ');
  return new UnknownPriceError(
    `${nameOf(model)} bills "${unit}" apart from tokens, and its price is not known (known units: ${known}). Add it to a table of your own: priceBook({ extra: [ … ] }), or declare what a call costs at most: declaredCeiling({ usdPerCall: … }).`,
  );
}

/** Thousandths by which the prices of tokens are multiplied, by name. What is 1 is left out. */
function factorsOf({ billed = {} }: Usage, { entry, model, atMs }: PriceContext): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  const add = (kind: string, name: string | undefined, factors: Factors): void => {
    if (name === undefined) return;
    const times = factorOf({ kind, name }, factors, model);
    if (times !== 1000n) found.set(`${kind} ${name}`, times);
  };
  add('tier', billed.tier, entry.tiers);
  add('speed', billed.speed, entry.speeds);
  if (entry.regions.size > 0) add('region', billed.region, entry.regions);
  const peak = peakFactor(entry.peak, atMs);
  if (peak !== 1000n) found.set('peak hours', peak);
  return found;
}

/** @throws UnknownPriceError for a name that has no factor. */
export function factorOf(
  { kind, name }: { readonly kind: string; readonly name: string },
  factors: Factors,
  model: ModelRef,
): bigint {
  const times = factors.get(name) ?? (name === 'auto' ? 1000n : undefined);
  if (times !== undefined) return times;
  throw new UnknownPriceError(
    `The price of ${nameOf(model)} at ${kind} "${name}" is not known; it is for ${[...factors.keys()].join(', ')}. Add it to a table of your own: priceBook({ extra: [ … ] }).`,
  );
}

function nameOf({ provider, modelId }: ModelRef): string {
  return `${provider}/${modelId}`;
}
