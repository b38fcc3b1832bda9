import { priceBook, type PriceBook, type PricedModel, priceOf } from '@tollgate/budget';
import { readPriceFile } from '@tollgate/policy/node';
import { InvalidOptionError, systemClock } from '@tollgate/sdk';
import type { Command } from 'commander';
import { showComputation, showModel, showModels } from '../output/show-prices.ts';
import { collected } from './number-option.ts';
import { addPricesImport } from './prices-import.ts';
import { momentOption } from './moment-option.ts';
import { usageOption } from './usage-option.ts';

interface PricesFlags {
  readonly usage?: ReturnType<typeof usageOption>;
  readonly at?: number;
  readonly tier?: string;
  readonly filter?: string;
  readonly file?: readonly string[];
  readonly json?: boolean;
}

/** `tollgate prices`: what a model costs, line by line. */
export function addPrices(program: Command): void {
  const prices = program
    .command('prices')
    .description('show prices: all, of one model, or what a usage of it costs, line by line')
    .argument('[model]', 'exact id, or provider/id (default: list all)')
    .option('--usage <json>', 'price this usage, for example \'{"inputUncached":1000,"outputText":500}\'', usageOption)
    .option('--at <date>', 'day or moment (default: now)', momentOption)
    .option('--tier <tier>', 'service tier, where the usage names none')
    .option('--filter <text>', 'list only models whose name has this in it')
    .option('--file <prices.json>', 'prices of your own, before the built-in ones; several times if wanted', collected)
    .option('--json', 'print only JSON on stdout')
    .addHelpText(
      'after',
      `
A usage has disjoint buckets: inputUncached, cacheRead, cacheWrite { total, byTtl }, outputText, outputReasoning,
units, billed { tier, speed, region }.`,
    )
    .action((model: string | undefined, flags: PricesFlags) => {
      process.stdout.write(show(model, flags));
    });
  addPricesImport(prices);
}

function show(name: string | undefined, flags: PricesFlags): string {
  const { at = systemClock.now(), usage, tier, json = false } = flags;
  const book = priceBook({ extra: (flags.file ?? []).flatMap((path) => readPriceFile(path)) });
  if (name === undefined) {
    if (usage !== undefined)
      throw new InvalidOptionError('model', 'Name the model whose usage this is: tollgate prices MODEL --usage …');
    const models = book.models().filter((model) => nameOf(model).includes(flags.filter ?? ''));
    return showModels(models, { at, json });
  }
  const found = find(book, name);
  const ref = { provider: found.model.provider, modelId: found.modelId };
  if (usage === undefined) return showModel(found.model, { at, json, unknown: () => book.unknown(ref) });
  const computed = priceOf(usage, ref, { at, book, ...(tier !== undefined && { tier }) });
  return showComputation(ref, computed, { json });
}

/** The model of an exact name: with its provider, or alone where only one provider has it. */
function find(book: PriceBook, name: string): { readonly model: PricedModel; readonly modelId: string } {
  const slash = name.indexOf('/');
  const [provider, modelId] = slash < 0 ? ['', name] : [name.slice(0, slash), name.slice(slash + 1)];
  const byBoth = book.model({ provider, modelId });
  if (byBoth !== undefined) return { model: byBoth, modelId };
  const named = book.models().filter(({ prices }) => prices.model === name || prices.aliases?.includes(name) === true);
  const [only] = named;
  if (only !== undefined && named.length === 1) return { model: only, modelId: name };
  if (named.length > 1) {
    throw new InvalidOptionError(
      'model',
      `"${name}" is sold by more than one provider. Name one: ${named.map((model) => `${model.provider}/${name}`).join(', ')}.`,
    );
  }
  throw new InvalidOptionError('model', book.unknown({ provider, modelId }).message);
}

function nameOf({ provider, prices }: PricedModel): string {
  return `${provider}/${prices.model}`;
}
