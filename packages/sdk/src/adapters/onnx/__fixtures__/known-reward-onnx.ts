/**
 * Writes a sequence-classification folder whose scores are known: the sum of `value(token) + typeValue × type` over the
 * tokens that the mask keeps. With `labels` 2, the logits are that sum and 0.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELEMENT, onnxFile, type OnnxGraph, onnxNode, type OnnxValue } from '../../../testing/known-answer/onnx-file.ts';

/** What stands in the known head's table. */
export interface KnownReward {
  /** Words, in id order from 4 on. Before them: [PAD], [CLS], [SEP], [UNK]. */
  readonly words: readonly string[];
  readonly value: (token: number) => number;
  readonly typeValue: number;
  readonly labels?: 1 | 2;
}

const specials = ['[PAD]', '[CLS]', '[SEP]', '[UNK]'];

export function writeKnownReward(folder: string, { words, value, typeValue, labels = 1 }: KnownReward): void {
  const tokens = [...specials, ...words];
  const json = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  json('config.json', {
    pad_token_id: 0,
    max_position_embeddings: 12,
    id2label: labels === 1 ? { 0: 'score' } : { 0: 'good', 1: 'bad' },
  });
  json('tokenizer_config.json', { pad_token: '[PAD]', model_max_length: 1e30 });
  const special = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: string, type: number): object => ({ Sequence: { id, type_id: type } });
  json('tokenizer.json', {
    added_tokens: specials.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), sequence('A', 0), special('[SEP]')],
      pair: [special('[CLS]'), sequence('A', 0), special('[SEP]'), sequence('B', 1), { SpecialToken: { id: '[SEP]', type_id: 1 } }],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
      },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  });
  const input = (name: string): OnnxValue => ({
    name,
    type: ELEMENT.int64,
    shape: ['batch_size', 'sequence_length'],
  });
  const graph: OnnxGraph = {
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map(input),
    outputs: [{ name: 'logits', type: ELEMENT.float, shape: ['batch_size', labels] }],
    constants: [
      { name: 'table', shape: [tokens.length], data: Float32Array.from(tokens.keys(), value) },
      { name: 'type_value', shape: [1], data: Float32Array.of(typeValue) },
      { name: 'zero', shape: [1], data: Float32Array.of(0) },
      { name: 'axis', shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      onnxNode('Gather', ['table', 'input_ids'], ['values', { axis: 0 }]),
      onnxNode('Cast', ['token_type_ids'], ['types', { to: ELEMENT.float }]),
      onnxNode('Mul', ['types', 'type_value'], 'type_values'),
      onnxNode('Add', ['values', 'type_values'], 'all'),
      onnxNode('Cast', ['attention_mask'], ['mask', { to: ELEMENT.float }]),
      onnxNode('Mul', ['all', 'mask'], 'kept'),
      onnxNode('ReduceSum', ['kept', 'axis'], [labels === 1 ? 'logits' : 'sum', { keepdims: 1 }]),
      ...(labels === 1
        ? []
        : [onnxNode('Mul', ['sum', 'zero'], 'nothing'), onnxNode('Concat', ['sum', 'nothing'], ['logits', { axis: 1 }])]),
    ],
  };
  writeFileSync(join(folder, 'onnx', 'model.onnx'), onnxFile(graph));
}
