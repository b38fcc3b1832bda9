import type { InferenceSession } from 'onnxruntime-node';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import { KeyValueCache, type KeyValueSlot } from './key-value-cache.ts';
import type { OnnxLibrary } from './libraries.ts';

type Metadata = InferenceSession.TensorValueMetadata;

const knownInputs = ['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep'];

/** A text generation graph: tokens and the past in, logits and the present out. */
export class GenerationGraph {
  readonly vocabularySize: number;
  readonly #library: OnnxLibrary;
  readonly #session: InferenceSession;
  readonly #slots: readonly KeyValueSlot[];
  #logits = new Float32Array(0);

  /** @throws TollgateError `invalid-file` for a graph that is not one of text generation with a cache, naming what differs. */
  constructor(library: OnnxLibrary, session: InferenceSession, config: JsonObject) {
    this.#library = library;
    this.#session = session;
    this.#slots = keyValueSlots(session, config);
    this.vocabularySize = vocabularySizeOf(session, config);
  }

  /** Empty memory for one sequence. */
  newCache(): KeyValueCache {
    return new KeyValueCache(this.#library, this.#slots);
  }

  /**
   * Evaluates as many tokens for every row of the cache; `tokens` has one row after the other. Gives the logits after each
   * token, where they are wanted; they are overwritten by the next run.
   */
  async run(cache: KeyValueCache, tokens: readonly number[], wantsLogits: boolean): Promise<Float32Array> {
    const { Tensor } = this.#library;
    const { rows, length } = cache;
    const more = tokens.length / rows;
    const whole = (values: BigInt64Array<ArrayBuffer>, shape: readonly number[]): InstanceType<typeof Tensor> =>
      new Tensor('int64', values, shape);
    const inputs: Record<string, InstanceType<typeof Tensor>> = {
      input_ids: whole(BigInt64Array.from(tokens, BigInt), [rows, more]),
      attention_mask: whole(new BigInt64Array(rows * (length + more)).fill(1n), [rows, length + more]),
      position_ids: whole(
        BigInt64Array.from({ length: rows * more }, (_, i) => BigInt(length + (i % more))),
        [rows, more],
      ),
      num_logits_to_keep: whole(BigInt64Array.of(wantsLogits ? BigInt(more) : 1n), []),
    };
    const feeds = cache.past();
    for (const name of this.#session.inputNames) {
      const input = inputs[name];
      if (input !== undefined) feeds[name] = input;
    }
    const fetches = cache.present(more);
    const size = wantsLogits ? tokens.length * this.vocabularySize : 0;
    if (this.#logits.length < size) this.#logits = new Float32Array(size);
    const logits = this.#logits.subarray(0, size);
    if (wantsLogits) fetches['logits'] = new Tensor('float32', logits, [rows, more, this.vocabularySize]);
    await this.#session.run(feeds, fetches);
    cache.commit(more);
    return logits;
  }
}

function keyValueSlots(session: InferenceSession, config: JsonObject): readonly KeyValueSlot[] {
  const inputs = tensorsOf(session.inputMetadata);
  const outputs = new Set(session.outputNames);
  const slots: KeyValueSlot[] = [];
  const unknown: string[] = [];
  for (const { name, type, shape } of inputs) {
    const match = /^past_key_values\.(\d+)\.(key|value)$/.exec(name);
    if (match === null) {
      if (!knownInputs.includes(name)) unknown.push(name);
      continue;
    }
    const present = `present.${match[1]}.${match[2]}`;
    const [, heads = config['num_key_value_heads'] ?? config['num_attention_heads'], , width = config['head_dim']] =
      shape.map((size) => (typeof size === 'number' ? size : undefined));
    if (
      shape.length !== 4 ||
      typeof heads !== 'number' ||
      typeof width !== 'number' ||
      !outputs.has(present) ||
      (type !== 'float32' && type !== 'float16')
    ) {
      throw unsupported(`its input ${name} is ${type}[${shape.join(', ')}]`);
    }
    slots.push({ past: name, present, type, heads, width });
  }
  if (unknown.length > 0) throw unsupported(`its inputs ${unknown.join(', ')} are unknown`);
  if (!session.inputNames.includes('input_ids')) throw unsupported('it has no input_ids');
  if (slots.length === 0) throw unsupported('it has no past_key_values');
  return slots;
}

function vocabularySizeOf(session: InferenceSession, config: JsonObject): number {
  const logits = tensorsOf(session.outputMetadata).find(({ name }) => name === 'logits');
  if (logits === undefined) throw unsupported(`its outputs are ${session.outputNames.join(', ')}, without logits`);
  if (logits.type !== 'float32') throw unsupported(`its logits are ${logits.type}`);
  const size = logits.shape[2];
  const declared = typeof size === 'number' ? size : config['vocab_size'];
  if (logits.shape.length === 3 && typeof declared === 'number') return declared;
  throw unsupported(`its logits are ${logits.type}[${logits.shape.join(', ')}] and config.json has no vocab_size`);
}

function tensorsOf(metadata: readonly InferenceSession.ValueMetadata[]): readonly Metadata[] {
  return metadata.filter((value): value is Metadata => value.isTensor);
}

function unsupported(why: string): TollgateError {
  return new TollgateError(
    'invalid-file',
    `The graph is not one of text generation that this adapter knows: ${why}. It takes input_ids, attention_mask, position_ids, num_logits_to_keep and float past_key_values.N.key/value, and gives float32 logits and present.N.key/value: export the model as "text-generation-with-past".`,
  );
}
