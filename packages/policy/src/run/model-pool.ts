import { builtInPrices, pricingFromDeclaration } from '@tollgate/budget';
import { InvalidOptionError, type JsonObject, type Model, type Pricing, TollgateError } from '@tollgate/sdk';
import type { Cassette } from '@tollgate/sdk/cassettes';
import { createRegistry } from '@tollgate/sdk/registry';
import type { TollgateConfig } from '../config/config.ts';

/** The models of a run by name. */
export interface ModelPool {
  readonly names: readonly string[];
  /**
   * The models a strategy touches. Live models are loaded once and shared; recorded ones start from their first sample
   * for each strategy, so that all strategies see the same answers.
   */
  open(names: readonly string[]): Promise<{ readonly [name: string]: Model }>;
  /** Name, provider and model id of the models that are known without loading one. */
  known(): readonly PoolEntry[];
  close(): Promise<void>;
}

/** A model of the pool, for reports. */
export interface PoolEntry {
  readonly name: string;
  readonly provider: string;
  readonly modelId: string;
  /** The price as it was declared. */
  readonly price?: JsonObject;
}

/**
 * Models made by the factories of a configuration, optionally recorded to a cassette as they answer. Each strategy that
 * is recorded starts from the first sample on the tape, so what one strategy was answered, the next one is not asked again.
 */
export function livePool(config: Pick<TollgateConfig, 'models' | 'prices'>, cassette?: Cassette): ModelPool {
  const registry = createRegistry({ models: config.models });
  const loaded = new Map<string, Model>();
  const load = async (name: string): Promise<Model> => {
    if (!Object.hasOwn(config.models, name)) {
      throw new InvalidOptionError('models', `The configuration names no model "${name}".`);
    }
    const model = await registry.model(name);
    loaded.set(name, model);
    return model;
  };
  return {
    names: Object.keys(config.models),
    open: async (names) => {
      const session = cassette?.session();
      const models = names.map(async (name) => {
        const model = await load(name);
        if (cassette === undefined || session === undefined) return [name, model] as const;
        const pricing = config.prices?.[name] ?? model.pricing ?? builtInPrices().priceFor(model);
        return [name, cassette.record(name, model, { session, ...(pricing !== undefined && { pricing }) })] as const;
      });
      return Object.fromEntries(await Promise.all(models));
    },
    known: () => [...loaded].map(([name, model]) => entryOf(name, model, config.prices?.[name])),
    close: () => registry.close(),
  };
}

/** Models that answer from a recording. */
export function replayPool(cassette: Cassette, prices: TollgateConfig['prices'] = {}): ModelPool {
  return {
    names: cassette.models,
    open: async (names) => {
      const session = cassette.session();
      const models = names.map((name) => {
        if (!cassette.models.includes(name)) {
          throw new TollgateError(
            'cassette-miss',
            `The recording has no model "${name}". It has ${cassette.models.join(', ')}.`,
          );
        }
        const pricing = prices[name] ?? recordedPrice(cassette, name);
        return [name, cassette.replay(name, { session, ...(pricing !== undefined && { pricing }) })] as const;
      });
      return Object.fromEntries(models);
    },
    known: () =>
      cassette.models.map((name) => {
        const { provider, modelId } = cassette.model(name);
        return entryOf(name, { provider, modelId }, prices[name] ?? recordedPrice(cassette, name));
      }),
    close: async () => undefined,
  };
}

function recordedPrice(cassette: Cassette, name: string): Pricing | undefined {
  const { pricing } = cassette.model(name);
  return pricing === undefined ? undefined : pricingFromDeclaration(pricing);
}

function entryOf(
  name: string,
  { provider, modelId, pricing: own }: Pick<Model, 'provider' | 'modelId' | 'pricing'>,
  override?: Pricing,
): PoolEntry {
  const pricing = override ?? own ?? builtInPrices().priceFor({ provider, modelId });
  return { name, provider, modelId, ...(pricing !== undefined && { price: pricing.declaration }) };
}
