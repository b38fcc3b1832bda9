import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { availableMemory } from '../../local/available-memory.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { OnnxFileOptions } from './options.ts';

/** A model as its files say. */
export interface ModelFolder {
  readonly name: string;
  /** Path of the weights. */
  readonly weights: string;
  readonly config: JsonObject;
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
  /** Empty where there is no such file. */
  readonly generationConfig: JsonObject;
  readonly chatTemplate: string | undefined;
}

const suffixes: Readonly<Record<NonNullable<OnnxFileOptions['dtype']>, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

/**
 * Reads the small files of a model folder and finds its weights, which must fit the memory.
 *
 * @throws TollgateError `missing-weights` naming the file that is not there, `invalid-file` for one that is no JSON,
 * `insufficient-memory` for weights that are too large.
 */
export function readModelFolder(options: OnnxFileOptions): ModelFolder {
  const { modelPath } = options;
  if (!existsSync(modelPath) || !statSync(modelPath).isDirectory()) {
    throw new TollgateError(
      'missing-weights',
      `There is no folder at "${modelPath}". modelPath names a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/*.onnx.`,
    );
  }
  const config = readJson(modelPath, 'config.json');
  const tokenizerConfig = readJson(modelPath, 'tokenizer_config.json');
  const folder = {
    name: basename(resolve(modelPath)),
    config,
    tokenizer: readJson(modelPath, 'tokenizer.json'),
    tokenizerConfig,
    generationConfig: existsSync(join(modelPath, 'generation_config.json'))
      ? readJson(modelPath, 'generation_config.json')
      : {},
    chatTemplate: readChatTemplate(modelPath, tokenizerConfig),
    weights: findWeights(options, config),
  };
  checkSize(folder.weights, options.memoryBytes ?? availableMemory());
  return folder;
}

function readJson(modelPath: string, name: string): JsonObject {
  const path = join(modelPath, name);
  if (!existsSync(path)) {
    throw new TollgateError('missing-weights', `"${modelPath}" has no ${name}. Fetch the whole model folder.`);
  }
  let value: JsonValue;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch (error) {
    throw new TollgateError('invalid-file', `"${path}" is not JSON. Fetch it again.`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new TollgateError('invalid-file', `"${path}" is not a JSON object. Fetch it again.`);
}

/** Written in tokenizer_config.json, alone or as one of several named ones, or in a file of its own. */
function readChatTemplate(modelPath: string, { chat_template: template }: JsonObject): string | undefined {
  if (typeof template === 'string') return template;
  if (Array.isArray(template)) {
    const named = template as readonly { readonly name?: unknown; readonly template?: unknown }[];
    const chosen = named.find(({ name }) => name === 'default') ?? named[0];
    if (typeof chosen?.template === 'string') return chosen.template;
  }
  const path = join(modelPath, 'chat_template.jinja');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function findWeights({ modelPath, file, dtype }: OnnxFileOptions, config: JsonObject): string {
  const there = listWeights(modelPath);
  const declared = (config['transformers.js_config'] as { readonly dtype?: unknown } | undefined)?.dtype;
  const kind = dtype ?? (typeof declared === 'string' ? declared : undefined);
  const suffix = Object.entries(suffixes).find(([name]) => name === kind)?.[1];
  const wanted = file ?? (suffix === undefined ? undefined : join('onnx', `model${suffix}.onnx`));
  const found = wanted ?? (there.length === 1 ? there[0] : undefined);
  if (found !== undefined && existsSync(join(modelPath, found))) return join(modelPath, found);
  throw new TollgateError(
    'missing-weights',
    `${wanted === undefined ? `"${modelPath}" has ${there.length} weight files and none was named` : `"${modelPath}" has no ${wanted}`}. There ${there.length === 0 ? 'is no .onnx file' : `is ${there.join(', ')}`}: choose one by dtype or file.`,
  );
}

function listWeights(modelPath: string): readonly string[] {
  const inside = ['onnx', ''].filter((folder) => existsSync(join(modelPath, folder)));
  return inside.flatMap((folder) =>
    readdirSync(join(modelPath, folder))
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => join(folder, name)),
  );
}

/** Weights above 2 GiB lie beside their file, in `model.onnx_data` and so on. */
function checkSize(weights: string, memoryBytes: number): void {
  const name = basename(weights);
  const bytes = readdirSync(dirname(weights))
    .filter((other) => other === name || other.startsWith(`${name}_data`) || other === `${name}.data`)
    .reduce((sum, other) => sum + statSync(join(dirname(weights), other)).size, 0);
  if (bytes <= memoryBytes) return;
  const mib = (size: number): string => `${Math.ceil(size / 2 ** 20)} MiB`;
  throw new TollgateError(
    'insufficient-memory',
    `The weights "${name}" are ${mib(bytes)} and ${mib(memoryBytes)} of memory are available. Take a smaller model or a smaller dtype. If you know better, set memoryBytes.`,
  );
}
