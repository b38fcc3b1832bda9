import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { nearestName } from '../errors/nearest-name.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Model } from '../spec/model.ts';
import { parseModelReference, referenceForms } from './parse-model-reference.ts';
import { type ProviderFactory, shippedProviders } from './shipped-providers.ts';

/** Makes a model when it is first needed. Nothing is loaded, and no key is read, before that. */
export type ModelFactory = () => Model | Promise<Model>;

/** What a registry knows beyond the adapters that ship. */
export interface RegistryOptions {
  /** Models by names of your own: a factory, a reference, or another name. @defaultValue none */
  readonly models?: { readonly [name: string]: ModelFactory | string };
  /** What makes models of references, by provider. They win over those that ship. @defaultValue none */
  readonly providers?: { readonly [provider: string]: ProviderFactory };
}

/** Models by name and by reference. `createRegistry` makes one. */
export interface Registry {
  /**
   * The model of a name or a reference; made when it is first asked for, and the same from then on. One that could not be
   * made is tried again by the next call.
   *
   * @throws TollgateError `unknown-reference` for a name or provider that is not there, with the nearest that is; InvalidOptionError for a text
   * that is no reference; `closed` after `close`; and whatever the adapter throws.
   */
  model(reference: string): Promise<Model>;
  /** Closes every model that was made here. */
  close(): Promise<void>;
}

/**
 * Finds models by name: `openai:gpt-6-luna`, `anthropic:claude-haiku-5-5`, `llama-cpp:./model.gguf`, `onnx:./folder`,
 * `compatible:http://host/v1#model`, and names of your own.
 *
 * A model id that is newer than the table of its adapter is no error: what it can do is assumed, with a warning.
 *
 * @throws InvalidOptionError when a name leads back to itself.
 * @example
 * const registry = createRegistry({
 *   models: { small: 'llama-cpp:./small.gguf', big: () => openai('gpt-6-sol', { pricing }) },
 *   providers: { lab: (modelId) => openaiCompatible(modelId, { baseUrl: 'http://lab.test/v1' }) },
 * });
 * const [small, other] = [await registry.model('small'), await registry.model('lab:test-3')];
 */
export function createRegistry(options: RegistryOptions = {}): Registry {
  const models = new Map(Object.entries(options.models ?? {}));
  const providers = new Map(Object.entries({ ...shippedProviders, ...options.providers }));
  for (const name of models.keys()) followNames(name, models);
  const made = new Map<string, Promise<Model>>();
  let isClosed = false;

  return {
    model: async (reference) => {
      if (isClosed) throw new TollgateError('closed', 'This registry is closed. Make a new one.');
      const { key, make } = resolve(reference, { models, providers });
      const known = made.get(key);
      if (known !== undefined) return known;
      const making = Promise.resolve().then(make);
      made.set(key, making);
      making.catch(() => made.delete(key));
      return making;
    },
    close: async () => {
      isClosed = true;
      const settled = await Promise.allSettled(made.values());
      made.clear();
      await Promise.all(
        settled.map(async (outcome) => (outcome.status === 'fulfilled' ? outcome.value.close?.() : undefined)),
      );
    },
  };
}

type Models = ReadonlyMap<string, ModelFactory | string>;
type Providers = ReadonlyMap<string, ProviderFactory>;

/** What a text stands for in the end, and how that is made. Texts with one key are one model. */
function resolve(
  text: string,
  { models, providers }: { readonly models: Models; readonly providers: Providers },
): { readonly key: string; readonly make: ModelFactory } {
  const name = followNames(text, models);
  const factory = models.get(name);
  if (typeof factory === 'function') return { key: name, make: factory };
  if (!name.includes(':')) throw unknownName(name, models);
  const { provider, target } = parseModelReference(name);
  const makeOf = providers.get(provider);
  if (makeOf === undefined) throw unknownProvider(name, provider, [...providers.keys()]);
  return { key: `${provider}:${target}`, make: () => makeOf(target) };
}

/** Follows names that stand for names, to a factory's name or a reference. */
function followNames(start: string, models: Models): string {
  const passed = [start];
  for (let name = start; ; ) {
    const next = models.get(name);
    if (typeof next !== 'string') return name;
    if (passed.includes(next)) {
      throw new InvalidOptionError(
        'models',
        `models: "${start}" leads back to itself: ${[...passed, next].join(', ')}.`,
      );
    }
    passed.push((name = next));
  }
}

function unknownName(name: string, models: Models): TollgateError {
  const names = [...models.keys()];
  const listed = names.length === 0 ? '' : ` The names here are ${names.join(', ')}.`;
  return new TollgateError(
    'unknown-reference',
    `There is no model "${name}".${didYouMean(name, names)}${listed} References look like ${referenceForms}.`,
  );
}

function unknownProvider(reference: string, provider: string, known: readonly string[]): TollgateError {
  return new TollgateError(
    'unknown-reference',
    `"${reference}" names the provider "${provider}", which is not known.${didYouMean(provider, known)} Known are ${known.join(', ')}; more come in by createRegistry({ providers }).`,
  );
}

function didYouMean(given: string, names: readonly string[]): string {
  const near = nearestName(given, names);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}
