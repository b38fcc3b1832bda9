/**
 * Writes a GGUF file whose next-token distribution is known exactly.
 *
 * The file is a one-block model of the `llama` architecture. Its embeddings are one-hot, its attention and
 * feed-forward weights are zero (the residual stream passes through untouched), the final norm undoes the RMS
 * scaling, and row w, column v of the output matrix is `ln P(w | v)`. So the logits after token v are the
 * natural logarithms of the table's row v: a bigram model that any llama.cpp build evaluates, with real
 * tokenising, batching, key-value cache and sampling around it.
 */
import { writeFileSync } from 'node:fs';
import {
  BOS_ID,
  type BigramModel,
  bigramLogProbabilities,
  bigramTokens,
  EOS_ID,
  IMPOSSIBLE,
  PLAIN_CHAT_TEMPLATE,
  UNKNOWN_ID,
} from './bigram-model.ts';

const HEAD = 32;
const ALIGNMENT = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const TOKEN_TYPE = { unknown: 2, control: 3, userDefined: 4, byte: 6 } as const;
const isByteToken = (word: string): boolean => /^<0x[0-9A-F]{2}>$/.test(word);

/** Appends little-endian values to a growing byte list. */
class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;
  raw(part: Uint8Array): void {
    this.#parts.push(part);
    this.length += part.length;
  }
  #number(size: number, set: (view: DataView) => void): void {
    const part = new Uint8Array(size);
    set(new DataView(part.buffer));
    this.raw(part);
  }
  u32(value: number): void {
    this.#number(4, (view) => view.setUint32(0, value, true));
  }
  i32(value: number): void {
    this.#number(4, (view) => view.setInt32(0, value, true));
  }
  u64(value: number): void {
    this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }
  f32(value: number): void {
    this.#number(4, (view) => view.setFloat32(0, value, true));
  }
  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.u64(encoded.length);
    this.raw(encoded);
  }
  align(): void {
    this.raw(new Uint8Array((ALIGNMENT - (this.length % ALIGNMENT)) % ALIGNMENT));
  }
  concat(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** The bytes of a GGUF file (version 3, all float32) that is exactly the given bigram model. */
export function knownAnswerGguf(model: BigramModel): Uint8Array<ArrayBuffer> {
  const tokens = bigramTokens(model.vocabulary);
  const rows = bigramLogProbabilities(model);
  const count = tokens.length;
  const width = Math.ceil(count / HEAD) * HEAD; // one dimension for each token, padded to a multiple of 32
  const epsilon = 1e-5;

  const metadata: [string, (out: Bytes) => void][] = [];
  const text = (key: string, value: string): void =>
    void metadata.push([key, (out) => (out.u32(TYPE.string), out.text(value))]);
  const uint = (key: string, value: number): void =>
    void metadata.push([key, (out) => (out.u32(TYPE.uint32), out.u32(value))]);
  const float = (key: string, value: number): void =>
    void metadata.push([key, (out) => (out.u32(TYPE.float32), out.f32(value))]);
  const flag = (key: string, value: boolean): void =>
    void metadata.push([key, (out) => (out.u32(TYPE.bool), out.raw(Uint8Array.of(value ? 1 : 0)))]);
  const list = (key: string, type: number, write: (out: Bytes, word: string) => void): void =>
    void metadata.push([
      key,
      (out) => {
        out.u32(TYPE.array);
        out.u32(type);
        out.u64(tokens.length);
        for (const word of tokens) write(out, word);
      },
    ]);

  text('general.architecture', 'llama');
  text('general.name', model.name ?? 'bigram');
  uint('general.file_type', 0);
  uint('general.alignment', ALIGNMENT);
  uint('llama.vocab_size', count);
  uint('llama.context_length', model.contextLength ?? 4096);
  uint('llama.embedding_length', width);
  uint('llama.block_count', 1);
  uint('llama.feed_forward_length', HEAD);
  uint('llama.attention.head_count', 1);
  uint('llama.attention.head_count_kv', 1);
  uint('llama.attention.key_length', HEAD);
  uint('llama.attention.value_length', HEAD);
  uint('llama.rope.dimension_count', HEAD);
  float('llama.attention.layer_norm_rms_epsilon', epsilon);
  text('tokenizer.ggml.model', 'llama');
  list('tokenizer.ggml.tokens', TYPE.string, (out, word) => out.text(word));
  list('tokenizer.ggml.scores', TYPE.float32, (out) => out.f32(0));
  list('tokenizer.ggml.token_type', TYPE.int32, (out, word) => {
    const index = id(word);
    out.i32(
      index === UNKNOWN_ID
        ? TOKEN_TYPE.unknown
        : index <= EOS_ID || model.control?.includes(word) === true
          ? TOKEN_TYPE.control
          : isByteToken(word)
            ? TOKEN_TYPE.byte
            : TOKEN_TYPE.userDefined,
    );
  });
  uint('tokenizer.ggml.unknown_token_id', UNKNOWN_ID);
  uint('tokenizer.ggml.bos_token_id', BOS_ID);
  uint('tokenizer.ggml.eos_token_id', EOS_ID);
  flag('tokenizer.ggml.add_bos_token', true);
  flag('tokenizer.ggml.add_eos_token', false);
  flag('tokenizer.ggml.add_space_prefix', false);
  text('tokenizer.chat_template', model.chatTemplate ?? PLAIN_CHAT_TEMPLATE);
  function id(word: string): number {
    return tokens.indexOf(word);
  }

  // Tensors: dimensions fastest first, so `[width, count]` is `count` rows of `width` values.
  const embedding = new Float32Array(width * count);
  for (let token = 0; token < count; token++) embedding[token * width + token] = 1;
  const output = new Float32Array(width * count);
  for (let after = 0; after < count; after++)
    for (let before = 0; before < count; before++) output[after * width + before] = rows[before]?.[after] ?? IMPOSSIBLE;
  const zeros = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  const ones = (scale: number): { shape: number[]; data: Float32Array } => ({
    shape: [width],
    data: new Float32Array(width).fill(scale),
  });
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {
    'token_embd.weight': { shape: [width, count], data: embedding },
    'blk.0.attn_norm.weight': ones(1),
    'blk.0.attn_q.weight': zeros(width, HEAD),
    'blk.0.attn_k.weight': zeros(width, HEAD),
    'blk.0.attn_v.weight': zeros(width, HEAD),
    'blk.0.attn_output.weight': zeros(HEAD, width),
    'blk.0.ffn_norm.weight': ones(1),
    'blk.0.ffn_gate.weight': zeros(width, HEAD),
    'blk.0.ffn_up.weight': zeros(width, HEAD),
    'blk.0.ffn_down.weight': zeros(HEAD, width),
    // The RMS norm turns a one-hot vector's 1 into 1 / sqrt(1 / width + epsilon); this takes it back to 1.
    'output_norm.weight': ones(Math.sqrt(1 / width + epsilon)),
    'output.weight': { shape: [width, count], data: output },
  };

  const out = new Bytes();
  out.raw(new TextEncoder().encode('GGUF'));
  out.u32(3);
  out.u64(Object.keys(tensors).length);
  out.u64(metadata.length);
  for (const [key, write] of metadata) {
    out.text(key);
    write(out);
  }
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    out.text(name);
    out.u32(shape.length);
    for (const size of shape) out.u64(size);
    out.u32(0); // float32
    out.u64(offset);
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  out.align();
  for (const { data } of Object.values(tensors)) {
    out.raw(new Uint8Array(data.buffer));
    out.align();
  }
  return out.concat();
}

/** Writes {@link knownAnswerGguf} to a file. */
export function writeKnownAnswerGguf(path: string, model: BigramModel): void {
  writeFileSync(path, knownAnswerGguf(model));
}
