import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pricingFromDeclaration } from '@tollgate/budget';
import { type JsonObject, type Model, TollgateError } from '@tollgate/sdk';
import { createRegistry, parseModelReference } from '@tollgate/sdk/registry';
import { loadPriceFile } from '../prices/load-price-file.ts';
import type { TollgateConfig } from './config.ts';
import { type JsonModel, parseJsonConfig } from './json-config.ts';

const names = [
  'tollgate.config.ts',
  'tollgate.config.mts',
  'tollgate.config.js',
  'tollgate.config.mjs',
  'tollgate.config.json',
];

/** A configuration and the file it came from. */
export interface LoadedConfig {
  readonly path: string;
  readonly config: TollgateConfig;
}

/**
 * Loads a configuration: the file named, else the first `tollgate.config.{ts,mts,js,mjs,json}` of the folder. Undefined
 * where none is named and none is there.
 *
 * @throws TollgateError `invalid-file` for a file that is missing, fails to run, or exports something else.
 *
 * @example
 * const loaded = await loadConfig();
 * const registry = createRegistry({ models: loaded?.config.models ?? {} });
 * const small = await registry.model('small');
 */
export async function loadConfig(path?: string, folder = process.cwd()): Promise<LoadedConfig | undefined> {
  const found =
    path === undefined ? names.map((name) => resolve(folder, name)).find(existsSync) : resolve(folder, path);
  if (found === undefined) return undefined;
  if (!existsSync(found))
    throw new TollgateError('invalid-file', `There is no configuration at ${found}. Check --config.`);
  if (extname(found) === '.json') {
    const makeModel = (model: JsonModel): Promise<Model> => makeJsonModel(model, dirname(found));
    const loadPrices = (file: string): ReturnType<typeof loadPriceFile> => loadPriceFile(resolve(dirname(found), file));
    return {
      path: found,
      config: parseJsonConfig(readFileSync(found, 'utf8'), { source: found, makeModel, loadPrices }),
    };
  }
  return { path: found, config: await importConfig(found) };
}

async function importConfig(path: string): Promise<TollgateConfig> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (cause) {
    const old = cause instanceof Error && 'code' in cause && cause.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    throw new TollgateError(
      'invalid-file',
      old
        ? `${path}: this Node.js cannot run TypeScript. Use Node.js 22.18 or newer, or write the configuration as .mjs or .json.`
        : `${path} failed while it was loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return checkConfig(path, module.default);
}

/** Looks at what no type checker may have seen: a configuration in JavaScript, or one that is run unchecked. */
function checkConfig(path: string, config: unknown): TollgateConfig {
  if (!isRecord(config) || !isRecord(config['models'])) {
    throw new TollgateError(
      'invalid-file',
      `${path} must export a configuration: export default defineConfig({ models: { … } }).`,
    );
  }
  const { models, strategies = {} } = config;
  for (const [name, factory] of Object.entries(models)) {
    if (typeof factory === 'function' || typeof factory === 'string') continue;
    throw new TollgateError(
      'invalid-file',
      `${path}: models.${name} must be a function that makes the model or a reference such as "openai:gpt-6-luna", received ${typeof factory}. Write ${name}: () => ….`,
    );
  }
  for (const [name, strategy] of Object.entries(strategies as object)) {
    if (typeof strategy === 'function' || typeof strategy === 'string') continue;
    throw new TollgateError(
      'invalid-file',
      `${path}: strategies.${name} must be a function that builds the strategy or a short form such as "vote:small:8", received ${typeof strategy}.`,
    );
  }
  return config as object as TollgateConfig;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function makeJsonModel(model: JsonModel, folder: string): Promise<Model> {
  const pricing = model.price === undefined ? {} : { pricing: pricingFromDeclaration(model.price as JsonObject) };
  if (model.kind === 'llama-cpp') {
    const { llamaCpp } = await import('@tollgate/sdk/llama-cpp');
    const { kind: _, price: __, modelPath, ...options } = model;
    return llamaCpp({ ...options, modelPath: resolve(folder, modelPath), ...pricing });
  }
  if (model.kind === 'reference') return createRegistry().model(fromFolder(model.reference, folder));
  const { openaiCompatible } = await import('@tollgate/sdk/openai-compatible');
  const { apiKeyVariable } = model;
  return openaiCompatible(model.modelId, {
    baseUrl: model.baseUrl,
    ...(apiKeyVariable !== undefined && { apiKey: () => keyFrom(apiKeyVariable) }),
    ...pricing,
  });
}

/** The reference with the path of a local model taken from the folder of the configuration. */
function fromFolder(reference: string, folder: string): string {
  const { provider, target } = parseModelReference(reference);
  return provider === 'llama-cpp' || provider === 'onnx' ? `${provider}:${resolve(folder, target)}` : reference;
}

function keyFrom(variable: string): string {
  const key = process.env[variable];
  if (key !== undefined && key !== '') return key;
  throw new TollgateError(
    'missing-key',
    `The environment variable ${variable} is not set; the configuration takes the key from it.`,
  );
}
