/**
 * Writes a model folder whose next-token distribution is known exactly, with keys and values that must be right for it.
 *
 * The logits after a token are `ln P(next | token)` of a bigram table, plus `skip(before, next)` of the token before it. That
 * one is read from the second head of the value cache, so a cache that was cut, copied or repeated wrongly gives other logits. The key cache
 * holds positions; where the attention mask is not as long as the last position says, every logit is tilted.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BigramModel,
  bigramLogProbabilities,
  bigramTokens,
  BOS,
  EOS,
  EOS_ID,
  PLAIN_CHAT_TEMPLATE,
  UNKNOWN_ID,
} from './bigram-model.ts';
import { ELEMENT, onnxFile, type OnnxGraph, onnxNode, type OnnxValue } from './onnx-file.ts';

/** A bigram table, and what differs from it. */
export interface KnownAnswerModel extends BigramModel {
  /** Added to the logit of `after` where `before` stands two tokens before it (0 at the beginning). @defaultValue 0 */
  readonly skip?: (before: number, after: number) => number;
  /** Keys and values are 16-bit. @defaultValue false */
  readonly halfPrecision?: boolean;
  /** The graph takes `num_logits_to_keep`. @defaultValue false */
  readonly keepsLogits?: boolean;
  /** One more input, which no adapter knows. */
  readonly strangeInput?: string;
}

/** Log-probabilities of all next tokens after `last`, with `before` before it. */
export function knownLogProbabilities(model: KnownAnswerModel, before: number, last: number): number[] {
  const row = bigramLogProbabilities(model)[last] ?? [];
  const logits = Array.from(row, (logit, after) => logit + (model.skip?.(before, after) ?? 0));
  const normaliser = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - normaliser);
}

/** Writes the folder: config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx. */
export function writeKnownAnswerOnnx(folder: string, model: KnownAnswerModel): void {
  const tokens = bigramTokens(model.vocabulary);
  const json = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  json('config.json', {
    model_type: 'bigram',
    vocab_size: tokens.length,
    eos_token_id: EOS_ID,
    max_position_embeddings: model.contextLength ?? 4096,
  });
  json('tokenizer_config.json', {
    bos_token: BOS,
    eos_token: EOS,
    chat_template: model.chatTemplate ?? PLAIN_CHAT_TEMPLATE,
  });
  json('tokenizer.json', {
    added_tokens: tokens.slice(0, EOS_ID + 1).map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
    // The fewest tokens have the best score.
    model: { type: 'Unigram', unk_id: UNKNOWN_ID, vocab: tokens.map((token) => [token, -1]), byte_fallback: true },
  });
  writeFileSync(join(folder, 'onnx', 'model.onnx'), onnxFile(graphOf(model)));
}

function graphOf(model: KnownAnswerModel): OnnxGraph {
  const rows = bigramLogProbabilities(model);
  const size = rows.length;
  const table = Float32Array.from(rows.flatMap((row) => [...row]));
  const skips = Float32Array.from({ length: size * size }, (_, i) => model.skip?.(Math.floor(i / size), i % size) ?? 0);
  const cached = model.halfPrecision === true ? ELEMENT.float16 : ELEMENT.float;
  const value = (name: string, type: number, ...shape: readonly (number | string)[]): OnnxValue => ({
    name,
    type,
    shape,
  });
  const cacheNodes = (what: string, from: string): OnnxGraph['nodes'] => [
    onnxNode('Cast', [from], [`${what}_new`, { to: ELEMENT.float }]),
    onnxNode('Unsqueeze', [`${what}_new`, 'axes_1_3'], `${what}_one`),
    onnxNode('Neg', [`${what}_one`], `${what}_other`),
    onnxNode('Concat', [`${what}_other`, `${what}_one`], [`${what}_row`, { axis: 1 }]),
    onnxNode('Cast', [`past_key_values.0.${what}`], [`${what}_past`, { to: ELEMENT.float }]),
    onnxNode('Concat', [`${what}_past`, `${what}_row`], [`${what}_all`, { axis: 2 }]),
    onnxNode('Cast', [`${what}_all`], [`present.0.${what}`, { to: cached }]),
    onnxNode('Slice', [`${what}_all`, 'ones', 'far', 'axis_1'], `${what}_head`),
  ];
  const whole = (name: string, ...values: readonly number[]): OnnxGraph['constants'][number] => ({
    name,
    shape: [values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  return {
    inputs: [
      value('input_ids', ELEMENT.int64, 'batch_size', 'sequence_length'),
      value('attention_mask', ELEMENT.int64, 'batch_size', 'total_sequence_length'),
      value('position_ids', ELEMENT.int64, 'batch_size', 'sequence_length'),
      ...(model.keepsLogits === true ? [value('num_logits_to_keep', ELEMENT.int64)] : []),
      ...(model.strangeInput === undefined ? [] : [value(model.strangeInput, ELEMENT.int64, 1)]),
      value('past_key_values.0.key', cached, 'batch_size', 2, 'past_sequence_length', 1),
      value('past_key_values.0.value', cached, 'batch_size', 2, 'past_sequence_length', 1),
    ],
    outputs: [
      value('logits', ELEMENT.float, 'batch_size', 'kept_length', size),
      value('present.0.key', cached, 'batch_size', 2, 'total_sequence_length', 1),
      value('present.0.value', cached, 'batch_size', 2, 'total_sequence_length', 1),
    ],
    constants: [
      { name: 'table', shape: [size, size], data: table },
      { name: 'skips', shape: [size, size], data: skips },
      { name: 'tilt', shape: [size], data: Float32Array.from({ length: size }, (_, token) => token) },
      { name: 'one', shape: [1], data: Float32Array.of(1) },
      whole('axes_1_3', 1, 3),
      whole('zero_axis', 0),
      whole('axis_1', 1),
      whole('axis_2', 2),
      whole('pads', 0, 0, 1, 0, 0, 0, 0, 0),
      whole('ones', 1),
      whole('minus_one', -1),
      whole('far', 2 ** 31),
    ],
    nodes: [
      ...cacheNodes('key', 'position_ids'),
      ...cacheNodes('value', 'input_ids'),
      onnxNode('Gather', ['table', 'input_ids'], ['bigram', { axis: 0 }]),
      // The token before each of the new ones, out of the cache.
      onnxNode('Pad', ['value_head', 'pads'], 'shifted'),
      onnxNode('Shape', ['input_ids'], 'shape'),
      onnxNode('Gather', ['shape', 'axis_1'], ['new_length', { axis: 0 }]),
      onnxNode('Add', ['new_length', 'ones'], 'with_last'),
      onnxNode('Neg', ['with_last'], 'start'),
      onnxNode('Slice', ['shifted', 'start', 'minus_one', 'axis_2'], 'before_row'),
      onnxNode('Squeeze', ['before_row', 'axes_1_3'], 'before_float'),
      onnxNode('Cast', ['before_float'], ['before', { to: ELEMENT.int64 }]),
      onnxNode('Gather', ['skips', 'before'], ['skip', { axis: 0 }]),
      // How far the mask is from the last position.
      onnxNode('Cast', ['attention_mask'], ['mask', { to: ELEMENT.float }]),
      onnxNode('ReduceSum', ['mask', 'axis_1'], ['mask_length', { keepdims: 1 }]),
      onnxNode('Sub', ['mask_length', 'one'], 'mask_last'),
      onnxNode('Slice', ['key_head', 'minus_one', 'far', 'axis_2'], 'last_row'),
      onnxNode('Squeeze', ['last_row', 'axes_1_3'], 'last_position'),
      onnxNode('Sub', ['mask_last', 'last_position'], 'off'),
      onnxNode('Unsqueeze', ['off', 'axis_1'], 'off_row'),
      onnxNode('Mul', ['off_row', 'tilt'], 'tilted'),
      onnxNode('Add', ['bigram', 'skip'], 'known'),
      onnxNode('Add', ['known', 'tilted'], model.keepsLogits === true ? 'all_logits' : 'logits'),
      ...(model.keepsLogits === true
        ? [
            onnxNode('Neg', ['num_logits_to_keep'], 'kept'),
            onnxNode('Unsqueeze', ['kept', 'zero_axis'], 'kept_start'),
            onnxNode('Slice', ['all_logits', 'kept_start', 'far', 'axis_1'], 'logits'),
          ]
        : []),
    ],
  };
}
