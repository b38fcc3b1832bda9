import { InvalidOptionError, type Model, strategyOf, textCapabilities, nearestName } from '@tollgate/sdk';
import { single } from '@tollgate/router';
import type { TollgateConfig } from './config.ts';
import { looksLikeShortForm, parseShortForm, type StrategySpec } from './short-form.ts';

/**
 * Finds the strategies that a user names: those of the configuration by name, short forms as they are.
 *
 * @throws InvalidOptionError for an unknown strategy or model, with the nearest name.
 */
export function resolveStrategies(
  names: readonly string[],
  pool: { readonly models: readonly string[]; readonly config?: TollgateConfig },
): readonly StrategySpec[] {
  const duplicate = names.find((name, i) => names.indexOf(name) !== i);
  if (duplicate !== undefined) throw new InvalidOptionError('strategy', `Strategy "${duplicate}" is named twice.`);
  return names.map((name) => {
    const spec = findStrategy(name, pool);
    for (const model of spec.models) {
      if (pool.models.includes(model)) continue;
      const near = nearestName(model, pool.models);
      throw new InvalidOptionError(
        'strategy',
        `Strategy "${name}" names the model "${model}", which is not in the pool.${near === undefined ? '' : ` Did you mean "${near}"?`} The pool has ${listed(pool.models)}.`,
      );
    }
    return spec;
  });
}

/** What is run when nobody names a strategy: all that are configured, else every model alone. */
export function defaultStrategies(pool: {
  readonly models: readonly string[];
  readonly config?: TollgateConfig;
}): readonly string[] {
  const configured = Object.keys(pool.config?.strategies ?? {});
  return configured.length > 0 ? configured : pool.models.map((name) => `single:${name}`);
}

function findStrategy(
  name: string,
  pool: { readonly models: readonly string[]; readonly config?: TollgateConfig },
): StrategySpec {
  const configured = pool.config?.strategies ?? {};
  const found = Object.hasOwn(configured, name) ? configured[name] : undefined;
  if (typeof found === 'string') return { ...parseShortForm(found, pool.models), name };
  if (found !== undefined) return configuredSpec(name, found, pool.models);
  if (looksLikeShortForm(name)) return parseShortForm(name, pool.models);
  const known = Object.keys(configured);
  const near = nearestName(name, known);
  throw new InvalidOptionError(
    'strategy',
    `There is no strategy "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`} ${
      known.length === 0 ? 'The configuration names none' : `The configuration names ${listed(known)}`
    }; a short form such as vote:MODEL:8 needs no configuration.`,
  );
}

type Builder = Exclude<NonNullable<TollgateConfig['strategies']>[string], string>;

function configuredSpec(name: string, builder: Builder, models: readonly string[]): StrategySpec {
  const touched = touchedModels(name, builder, models);
  return {
    name,
    models: touched,
    oracle: false,
    build: (pool, { answer }) => {
      const model = builder(pool, { answer });
      // A builder may hand back one of the pool's models as it is.
      return strategyOf(model) === undefined ? single(model) : model;
    },
  };
}

/** The models a builder touches, found by building it once out of stand-ins that load nothing. */
function touchedModels(name: string, builder: Builder, models: readonly string[]): readonly string[] {
  const touched = new Set<string>();
  const standIns = new Proxy<Record<string, Model>>(
    {},
    {
      get: (_, property) => {
        if (typeof property !== 'string') return undefined;
        if (!models.includes(property)) {
          const near = nearestName(property, models);
          throw new InvalidOptionError(
            'strategies',
            `Strategy "${name}" uses the model "${property}", which is not in the pool.${near === undefined ? '' : ` Did you mean "${near}"?`} The pool has ${listed(models)}.`,
          );
        }
        touched.add(property);
        return standIn(property);
      },
      has: (_, property) => models.some((model) => model === property),
      ownKeys: () => [...models],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  );
  builder(standIns, { answer: { name: 'none', key: () => undefined } });
  return [...touched];
}

/** A model by name only: strategies can be built of it, and it cannot be asked. */
export function standIn(name: string): Model {
  const refuse = (): never => {
    throw new InvalidOptionError('models', `The model "${name}" is only a name here and cannot be asked.`);
  };
  return {
    specVersion: 1,
    provider: 'name',
    modelId: name,
    capabilitiesFor: () =>
      textCapabilities({ samples: { nativeMax: 10_000, promptBilledOnce: false, cancelOne: false } }),
    generate: refuse,
    stream: refuse,
  };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
