import type { PriceTable } from '@tollgate/budget';
import { z } from 'zod';

const rate = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,9})?$/, 'US dollars per million as a decimal in quotes, such as "0.125"');
const factor = z.string().regex(/^\d{1,6}(?:\.\d{1,3})?$/, 'a factor as a decimal in quotes, such as "0.5"');
const factors = z.record(z.string().min(1), factor);
const name = z.string().min(1);

const source = z.strictObject({
  text: name,
  checked: z.iso.date(),
  confidence: z.enum(['provider', 'secondary', 'disputed']),
  note: name.exactOptional(),
});

const rates = {
  input: rate,
  output: rate,
  cacheRead: rate.exactOptional(),
  cacheWrite: z
    .record(name, rate)
    .refine((lifetimes) => Object.keys(lifetimes).length > 0, 'at least one lifetime, such as "5m" or "any"')
    .exactOptional(),
  reasoning: rate.exactOptional(),
};

const terms = {
  tiers: factors.exactOptional(),
  speeds: factors.exactOptional(),
  regions: factors.exactOptional(),
  units: z.record(name, rate).exactOptional(),
  peak: z
    .strictObject({
      times: factor,
      hours: z
        .array(z.string().regex(/^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$/, 'hours in UTC, such as "01:00-04:00"'))
        .min(1),
      weekdaysOnly: z.boolean().exactOptional(),
    })
    .exactOptional(),
};

const entry = z.strictObject({
  from: z.union([z.literal('launch'), z.iso.date(), z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/)], {
    error: 'a day such as "2026-09-22", a moment in UTC, or "launch"',
  }),
  ...rates,
  over: z.array(z.strictObject({ inputTokens: z.int().positive(), ...rates })).exactOptional(),
  ...terms,
  source: source.exactOptional(),
});

const model = z.strictObject({
  model: name,
  aliases: z.array(name).exactOptional(),
  prices: z
    .array(entry)
    .min(1)
    .refine(
      (entries) =>
        entries.every(({ from }, i) => i === 0 || Date.parse(from) > (momentOf(entries[i - 1]?.from) ?? Infinity)),
      'prices must be in order of "from", and "launch" can only be the first',
    ),
});

/** One provider's prices, as in a file. */
export const priceTableSchema: z.ZodType<PriceTable> = z.strictObject({
  provider: name,
  providerAliases: z.array(name).exactOptional(),
  source,
  ...terms,
  models: z.array(model).min(1),
});

function momentOf(from: string | undefined): number | undefined {
  return from === 'launch' ? -Infinity : from === undefined ? undefined : Date.parse(from);
}
