import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { OnnxLibrary } from './libraries.ts';
import { logNormaliser } from './rank-logits.ts';
import type { EncodedReward } from './reward-format.ts';

const knownInputs = ['input_ids', 'attention_mask', 'token_type_ids'];

/** A sequence-classification graph: a batch of token rows in, one score a row out. */
export class ClassificationGraph {
  readonly #library: OnnxLibrary;
  readonly #session: InferenceSession;
  readonly #padding: number;
  readonly #label: number | undefined;

  /** @throws TollgateError `invalid-file` for a graph that does not classify, naming what differs. */
  constructor(
    library: OnnxLibrary,
    session: InferenceSession,
    how: { readonly padding: number; readonly label: number | undefined },
  ) {
    const unknown = session.inputNames.filter((name) => !knownInputs.includes(name));
    const logits = session.outputMetadata.find(({ name }) => name === 'logits');
    if (unknown.length > 0 || logits?.isTensor !== true || logits.type !== 'float32' || logits.shape.length !== 2) {
      throw new TollgateError(
        'invalid-file',
        `The graph is not one of sequence classification: it takes ${session.inputNames.join(', ')} and gives ${session.outputNames.join(', ')}. It must take ${knownInputs.join(', ')} and give float32 logits[batch, labels].`,
      );
    }
    this.#library = library;
    this.#session = session;
    this.#padding = how.padding;
    this.#label = how.label;
  }

  /** Rows that are shorter than the longest are padded at their end. */
  async run(batch: readonly EncodedReward[]): Promise<readonly number[]> {
    const width = Math.max(...batch.map(({ ids }) => ids.length));
    const tensorOf = (value: (row: EncodedReward, at: number) => number): Tensor => {
      const values = batch.flatMap((row) => Array.from({ length: width }, (_, at) => BigInt(value(row, at))));
      return new this.#library.Tensor('int64', BigInt64Array.from(values), [batch.length, width]);
    };
    const inputs: Record<string, Tensor> = {
      input_ids: tensorOf(({ ids }, at) => ids[at] ?? this.#padding),
      attention_mask: tensorOf(({ ids }, at) => (at < ids.length ? 1 : 0)),
      token_type_ids: tensorOf(({ typeIds }, at) => typeIds?.[at] ?? 0),
    };
    const feeds = Object.fromEntries(
      Object.entries(inputs).filter(([name]) => this.#session.inputNames.includes(name)),
    );
    const { logits } = await this.#session.run(feeds, ['logits']);
    const values = logits?.data as Float32Array;
    const labels = values.length / batch.length;
    return batch.map((_, row) => this.#scoreOf(values.subarray(row * labels, (row + 1) * labels)));
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #scoreOf(logits: Float32Array): number {
    return this.#label === undefined
      ? (logits[0] ?? Number.NaN)
      : (logits[this.#label] ?? Number.NaN) - logNormaliser(logits);
  }
}
