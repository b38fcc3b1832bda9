import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { availableMemory } from '../../local/available-memory.ts';
import type { GgufHeader } from './gguf-header.ts';

/** About what a model takes in memory, in bytes. */
export interface MemoryNeed {
  /** The weights: all files of the model. */
  readonly weights: number;
  /** Keys and values of every token that all sequences can hold, as 16-bit numbers. An upper bound for architectures that keep less. */
  readonly keyValues: number;
  /** What one batch computes with; its logits are the most of it. */
  readonly compute: number;
}

/** Prompt tokens that the engine evaluates at once. */
export const batchTokens = 512;

const bytesOfKeyValue = 2;
const bytesOfLogit = 4;

/** Estimates what a model will take from the header of its file. */
export function memoryNeed(
  modelPath: string,
  header: GgufHeader,
  room: { readonly contextTokens: number; readonly sequences: number },
): MemoryNeed {
  const { architecture, values } = header;
  const numberOf = (key: string, otherwise: number): number => {
    const value = values.get(key);
    return typeof value === 'number' ? value : otherwise;
  };
  const layers = numberOf(`${architecture}.block_count`, 0);
  const heads = Math.max(1, numberOf(`${architecture}.attention.head_count`, 1));
  const perLayer = values.get(`${architecture}.attention.head_count_kv`);
  // Some models give a number of heads for each layer.
  const keyValueHeads =
    typeof perLayer === 'object' && perLayer.sum !== undefined
      ? perLayer.sum
      : layers * (typeof perLayer === 'number' ? perLayer : heads);
  const headWidth = numberOf(`${architecture}.embedding_length`, 0) / heads;
  const keyWidth = numberOf(`${architecture}.attention.key_length`, headWidth);
  const valueWidth = numberOf(`${architecture}.attention.value_length`, headWidth);
  const tokens = Math.min(room.contextTokens, numberOf(`${architecture}.context_length`, Number.POSITIVE_INFINITY));
  const vocabulary = values.get('tokenizer.ggml.tokens');
  const vocabularySize = typeof vocabulary === 'object' ? vocabulary.length : 0;
  return {
    weights: weightBytes(modelPath),
    keyValues: tokens * room.sequences * keyValueHeads * (keyWidth + valueWidth) * bytesOfKeyValue,
    compute: batchTokens * vocabularySize * bytesOfLogit,
  };
}

/**
 * Refuses a model that does not fit the memory, before it is loaded.
 *
 * @throws TollgateError `insufficient-memory`, with the numbers and what to lower.
 */
export function checkMemory(modelPath: string, need: MemoryNeed, memoryBytes: number = availableMemory()): void {
  const needed = need.weights + need.keyValues + need.compute;
  if (needed <= memoryBytes) return;
  throw new TollgateError(
    'insufficient-memory',
    `"${basename(modelPath)}" needs about ${gib(needed)} of memory (weights ${gib(need.weights)}, context ${gib(need.keyValues)}, computing ${gib(need.compute)}) and ${gib(memoryBytes)} are available. ${
      need.weights > memoryBytes
        ? 'The weights alone do not fit: take a smaller model or a smaller quantisation.'
        : 'Lower contextTokens or parallelSamples, or take a smaller quantisation.'
    } If you know better, set memoryBytes.`,
  );
}

/** A model may be split into files named `…-00001-of-00003.gguf`. */
function weightBytes(modelPath: string): number {
  const split = /^(.*-)\d{5}(-of-\d{5}\.gguf)$/.exec(basename(modelPath));
  if (split === null) return statSync(modelPath).size;
  const [, before = '', after = ''] = split;
  const folder = dirname(modelPath);
  return readdirSync(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after) && name.length === basename(modelPath).length)
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
