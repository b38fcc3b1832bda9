import { pricingFromDeclaration } from '@tollgate/budget';
import { type JsonObject, type Model, type Pricing, TollgateError } from '@tollgate/sdk';
import { z } from 'zod';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { TollgateConfig } from './config.ts';

const price = z.looseObject({ kind: z.string() });

const describedModel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('llama-cpp'),
    modelPath: z.string().min(1),
    modelId: z.string().min(1).exactOptional(),
    threads: z.int().positive().exactOptional(),
    parallelSamples: z.int().positive().exactOptional(),
    contextTokens: z.int().positive().exactOptional(),
    price: price.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('openai-compatible'),
    baseUrl: z.url(),
    modelId: z.string().min(1),
    /** Name of the environment variable that holds the key. */
    apiKeyVariable: z.string().min(1).exactOptional(),
    price: price.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('reference'),
    /** For example `openai:gpt-6-luna`. */
    reference: z.string().min(1),
    price: price.exactOptional(),
  }),
]);

/** A text alone is a reference. */
const jsonModel = z.preprocess(
  (value) => (typeof value === 'string' ? { kind: 'reference', reference: value } : value),
  describedModel,
);

/** One model of a JSON configuration. */
export type JsonModel = z.infer<typeof jsonModel>;

const limitScope = {
  kind: z.string().min(1),
  id: z.string().min(1),
  per: z
    .union([z.enum(['total', 'hour', 'day', 'month']), z.strictObject({ rollingMs: z.int().min(1000) })])
    .exactOptional(),
  zone: z.string().min(1).exactOptional(),
  soft: z.boolean().exactOptional(),
};

const jsonLimit = z.union(
  [
    z.strictObject({ ...limitScope, usd: z.number().nonnegative() }),
    z.strictObject({ ...limitScope, tokens: z.int().nonnegative() }),
    z.strictObject({ ...limitScope, calls: z.int().nonnegative() }),
    z.strictObject({ ...limitScope, turns: z.int().nonnegative() }),
    z.strictObject({ ...limitScope, seconds: z.number().nonnegative() }),
  ],
  {
    error:
      'must be { kind, id } with one of usd, tokens, calls, turns, seconds; and, where it spans less than all time, per: hour, day, month or { rollingMs }',
  },
);

const jsonConfig = z.strictObject({
  models: z.record(z.string().min(1), jsonModel),
  /** A file that `tollgate prices import` wrote. */
  priceFile: z.string().min(1).exactOptional(),
  strategies: z.record(z.string().min(1), z.string().min(1)).exactOptional(),
  limits: z.array(jsonLimit).exactOptional(),
  defaults: z
    .strictObject({
      system: z.string().exactOptional(),
      examples: z.array(z.strictObject({ user: z.string(), assistant: z.string() })).exactOptional(),
      temperature: z.number().min(0).max(2).exactOptional(),
      topP: z.number().positive().max(1).exactOptional(),
      maxOutputTokens: z.int().positive().exactOptional(),
      logprobs: z.boolean().exactOptional(),
      stop: z.array(z.string().min(1)).exactOptional(),
    })
    .exactOptional(),
});

/**
 * Reads a configuration written as JSON: models as data, strategies as short forms.
 *
 * @throws InvalidFileError naming each field that is wrong.
 */
export function parseJsonConfig(
  text: string,
  options: {
    readonly source: string;
    readonly makeModel: (model: JsonModel) => Promise<Model>;
    readonly loadPrices: (path: string) => { readonly [modelName: string]: Pricing };
  },
): TollgateConfig {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new InvalidFileError(options.source, [
      { message: `not JSON: ${error instanceof Error ? error.message : String(error)}` },
    ]);
  }
  const parsed = jsonConfig.safeParse(value);
  if (!parsed.success) {
    throw new InvalidFileError(
      options.source,
      parsed.error.issues.map((issue) => ({ message: `${issue.path.join('.') || 'the file'}: ${issue.message}` })),
    );
  }
  const { models, priceFile, ...rest } = parsed.data;
  const prices = Object.entries(models).flatMap(([name, model]) =>
    model.price === undefined ? [] : [[name, priceOf(options.source, name, model.price as JsonObject)] as const],
  );
  return {
    ...rest,
    prices: { ...(priceFile !== undefined && options.loadPrices(priceFile)), ...Object.fromEntries(prices) },
    models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, () => options.makeModel(model)])),
  };
}

function priceOf(source: string, name: string, declaration: JsonObject): Pricing {
  try {
    return pricingFromDeclaration(declaration);
  } catch (error) {
    if (!TollgateError.isInstance(error)) throw error;
    throw new InvalidFileError(source, [{ message: `models.${name}.price: ${error.message}` }]);
  }
}
