import type { LongRates, PricedModel, PricedUsage, PriceEntry, PriceSource, Rates } from '@tollgate/budget';
import { formatUsd } from '@tollgate/budget';
import { textTable } from '@tollgate/policy';
import type { ModelRef, UnknownPriceError } from '@tollgate/sdk';

/** How prices are shown. */
export interface ShowPricesOptions {
  /** Milliseconds since the epoch: the price of that moment is shown. */
  readonly at: number;
  readonly json: boolean;
}

/** All models that have a price at a moment, one a line. */
export function showModels(models: readonly PricedModel[], { at, json }: ShowPricesOptions): string {
  const priced = models.flatMap((model) => {
    const entry = entryAt(model, at);
    return entry === undefined ? [] : [{ model, entry }];
  });
  if (json) return toJson(priced.map(({ model, entry }) => cardOf(model, entry)));
  const rows = priced.flatMap(({ model, entry }): { name: string; rates: Rates; mark: string }[] => [
    { name: `${model.provider}/${model.prices.model}`, rates: entry, mark: markOf(model, entry) },
    ...(entry.over ?? []).map((long) => ({
      name: `  over ${whole(long.inputTokens)} in`,
      rates: long,
      mark: '',
    })),
  ]);
  const column = (head: string, cell: (rates: Rates) => string): { head: string; cells: string[]; align: 'right' } => ({
    head,
    cells: rows.map(({ rates }) => cell(rates)),
    align: 'right',
  });
  return lines([
    ...textTable([
      { head: 'US dollars per million tokens', cells: rows.map(({ name }) => name) },
      column('input', ({ input }) => input),
      column('output', ({ output }) => output),
      column('cache read', ({ cacheRead = '' }) => cacheRead),
      column('cache write', ({ cacheWrite = {} }) => Object.values(cacheWrite).join(' / ')),
      { head: '', cells: rows.map(({ mark }) => mark) },
    ]),
    '',
    `${priced.length} models`,
  ]);
}

/** One model: its price at a moment, what it depends on, and where it was read. */
export function showModel(
  model: PricedModel,
  { at, json, unknown }: ShowPricesOptions & { readonly unknown: () => UnknownPriceError },
): string {
  const entry = entryAt(model, at);
  if (entry === undefined) throw unknown();
  if (json) return toJson(cardOf(model, entry));
  const { tiers = model.table.tiers, speeds = model.table.speeds, regions = model.table.regions } = entry;
  const { units = model.table.units, peak = model.table.peak } = entry;
  const times = (factors: { readonly [name: string]: string } = {}): string =>
    Object.entries(factors)
      .map(([name, factor]) => `${name} × ${factor}`)
      .join(', ');
  const fees = Object.entries(units ?? {}).map(([unit, usd]) => `$${usd} per 1,000 ${unit}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['also named', model.prices.aliases?.join(', ')],
    ['from', spanOf(model, entry)],
    ['tiers', times(tiers)],
    ['speeds', times(speeds)],
    ['regions', times(regions)],
    [
      'peak',
      peak && `× ${peak.times} at ${peak.hours.join(', ')} UTC${peak.weekdaysOnly === true ? ' on working days' : ''}`,
    ],
    ['fees', fees.join(', ')],
    ...sourceFacts(entry.source ?? model.table.source),
  ];
  return lines([
    `${model.provider}/${model.prices.model}${model.known === 'override' ? '  (your own price)' : ''}`,
    '',
    ...textTable([
      {
        head: 'US dollars per million',
        cells: ['', ...(entry.over ?? []).map(({ inputTokens }) => `over ${whole(inputTokens)} in`)],
      },
      ...columnsOf([entry, ...(entry.over ?? [])]),
    ]),
    '',
    ...facts.flatMap(([name, fact]) => (fact === undefined || fact === '' ? [] : [`${name.padEnd(10)}  ${fact}`])),
  ]);
}

/** A usage, multiplied out. */
export function showComputation(asked: ModelRef, computed: PricedUsage, { json }: { readonly json: boolean }): string {
  if (json) return toJson({ model: asked, ...computed });
  const { lines: parts, amount, entry, known } = computed;
  const factors = Object.entries(entry.factors).map(([name, factor]) => `${name} × ${factor}`);
  return lines([
    `${asked.provider}/${asked.modelId}`,
    '',
    ...textTable([
      { head: 'what', cells: [...parts.map(({ what }) => what), 'total'] },
      { head: 'tokens', cells: [...parts.map(({ tokens }) => whole(tokens)), ''], align: 'right' },
      { head: '$ per million', cells: [...parts.map(({ usdPerMillion }) => usdPerMillion), ''], align: 'right' },
      {
        head: 'amount',
        cells: [...parts.map((line) => exact(line.amount.nanoUsd)), exact(amount.nanoUsd)],
        align: 'right',
      },
    ]),
    '',
    `price       ${known === 'list' ? 'list' : 'your own'}, from ${entry.from}${entry.until === undefined ? '' : ` until ${entry.until}`}`,
    ...(entry.overInputTokens === undefined
      ? []
      : [`long        more than ${whole(entry.overInputTokens)} tokens of input, for the whole request`]),
    ...(factors.length === 0 ? [] : [`included    ${factors.join(', ')}`]),
    ...sourceFacts(entry.source).map(([name, fact]) => `${name.padEnd(10)}  ${fact}`),
    `about       ${formatUsd(BigInt(amount.nanoUsd))}`,
  ]);
}

function entryAt({ prices }: PricedModel, at: number): PriceEntry | undefined {
  return prices.prices.findLast(({ from }) => from === 'launch' || Date.parse(from) <= at);
}

function columnsOf(rates: readonly (Rates | LongRates)[]): { head: string; cells: string[]; align: 'right' }[] {
  const ttls = [...new Set(rates.flatMap(({ cacheWrite = {} }) => Object.keys(cacheWrite)))];
  const columns: readonly (readonly [string, (rate: Rates) => string | undefined])[] = [
    ['input', ({ input }) => input],
    ['output', ({ output }) => output],
    ['reasoning', ({ reasoning }) => reasoning],
    ['cache read', ({ cacheRead }) => cacheRead],
    ...ttls.map(
      (ttl) => [`write ${ttl === 'any' ? '' : ttl}`.trim(), ({ cacheWrite }: Rates) => cacheWrite?.[ttl]] as const,
    ),
  ];
  return columns
    .filter(([, cell]) => rates.some((rate) => cell(rate) !== undefined))
    .map(([head, cell]) => ({ head, cells: rates.map((rate) => cell(rate) ?? ''), align: 'right' }));
}

function sourceFacts({ text, checked, confidence, note }: PriceSource): readonly (readonly [string, string])[] {
  const words = {
    provider: "the provider's page",
    secondary: 'read by others',
    disputed: 'sources disagree: the dearest',
  };
  return [
    ['source', `${text}, ${checked} (${words[confidence]})`],
    ...(note === undefined ? [] : [['note', note] as const]),
  ];
}

function spanOf({ prices }: PricedModel, entry: PriceEntry): string {
  const next = prices.prices[prices.prices.indexOf(entry) + 1];
  return `${entry.from}${next === undefined ? '' : ` until ${next.from}`}`;
}

function markOf({ known }: PricedModel, { source }: PriceEntry): string {
  return [known === 'override' ? 'yours' : '', source?.confidence === 'disputed' ? 'disputed' : '']
    .filter(Boolean)
    .join(', ');
}

function cardOf({ provider, prices, table, known }: PricedModel, entry: PriceEntry): object {
  const { models: _, provider: __, providerAliases: ___, ...terms } = table;
  return { provider, model: prices.model, aliases: prices.aliases ?? [], known, ...terms, ...entry };
}

function exact(nanoUsd: string): string {
  const digits = nanoUsd.padStart(10, '0');
  return `$${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function whole(count: number): string {
  return count.toLocaleString('en-US');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function lines(texts: readonly string[]): string {
  return `${texts.map((text) => text.trimEnd()).join('\n')}\n`;
}
