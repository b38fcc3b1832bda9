import type { GenerationGraph } from './generation-graph.ts';
import type { KeyValueCache } from './key-value-cache.ts';

/** Tokens in one run of the graph: bounds the logits of a run, and how late an abort is seen. */
const chunk = 64;

/** Answers being generated side by side. */
export interface DecodeBatch {
  /** Evaluates one token for each row. Gives the logits after them, row after row; they are overwritten by the next step. */
  readonly step: (tokens: readonly number[]) => Promise<Float32Array>;
  /** Goes on with these rows only. They must rise. */
  readonly keepRows: (kept: readonly number[]) => void;
}

/** Tokens, and what the graph remembers of them. */
export class EvaluatedSequence {
  readonly #graph: GenerationGraph;
  #cache: KeyValueCache;
  readonly #tokens: number[] = [];

  constructor(graph: GenerationGraph) {
    this.#graph = graph;
    this.#cache = graph.newCache();
  }

  get length(): number {
    return this.#tokens.length;
  }

  /** How many of these tokens, from the first on, are evaluated. */
  shared(tokens: readonly number[]): number {
    let shared = 0;
    while (shared < tokens.length && tokens[shared] === this.#tokens[shared]) shared += 1;
    return Math.min(shared, this.#tokens.length);
  }

  /** Forgets whatever differs from these tokens or comes after them. Gives how many of them are left. */
  rewind(tokens: readonly number[]): number {
    const shared = this.shared(tokens);
    this.#tokens.length = shared;
    this.#cache.truncate(shared);
    return shared;
  }

  /**
   * Evaluates more tokens. `read` gets the logits after each of them, by its position in the sequence; they are
   * overwritten afterwards. Ends early, with what it has, where `stops` says so.
   */
  async append(
    tokens: readonly number[],
    how: { readonly read?: (position: number, logits: Float32Array) => void; readonly stops?: () => boolean } = {},
  ): Promise<void> {
    const { read } = how;
    const width = this.#graph.vocabularySize;
    for (let at = 0; at < tokens.length && how.stops?.() !== true; at += chunk) {
      const part = tokens.slice(at, at + chunk);
      const from = this.length;
      const logits = await this.#graph.run(this.#cache, part, read !== undefined);
      this.#tokens.push(...part);
      if (read !== undefined) {
        for (let i = 0; i < part.length; i += 1) read(from + i, logits.subarray(i * width, (i + 1) * width));
      }
    }
  }

  /** Takes over the first `length` tokens of another one. */
  copy(other: EvaluatedSequence, length: number): void {
    this.#cache = other.#cache.repeated(1, length);
    this.#tokens.splice(0, this.#tokens.length, ...other.#tokens.slice(0, length));
  }

  /** Answers that all go on from here. A single one goes on in this sequence, so that it is still here for the next turn. */
  batch(rows: number): DecodeBatch {
    if (rows > 1) {
      const cache = this.#cache.repeated(rows, this.length);
      return {
        step: (tokens) => this.#graph.run(cache, tokens, true),
        keepRows: (kept) => cache.keepRows(kept),
      };
    }
    return {
      step: async (tokens) => {
        let after: Float32Array = new Float32Array(0);
        await this.append(tokens, {
          read: (_, logits) => {
            after = logits;
          },
        });
        return after;
      },
      keepRows: () => undefined,
    };
  }

  /** Forgets everything. */
  clear(): void {
    this.#tokens.length = 0;
    this.#cache = this.#graph.newCache();
  }
}
