import { ModelCallError } from '../../errors/model-call-error.ts';
import { closedModel } from '../../local/closed-model.ts';
import type { SequenceMemory } from '../../local/sequence-memory.ts';
import type { ScoredToken } from '../../spec/token-model.ts';
import { EvaluatedSequence } from './evaluated-sequence.ts';
import type { Engine } from './load-engine.ts';
import { bestTokens, logNormaliser } from './rank-logits.ts';

/** The engine's side of a session. */
export class OnnxSequenceMemory implements SequenceMemory {
  readonly #engine: Engine;
  readonly #sequence: EvaluatedSequence;

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#sequence = new EvaluatedSequence(engine.graph);
  }

  /** @throws ModelCallError where so many tokens are more than the model was made for. */
  static async open(engine: Engine, tokens: number): Promise<OnnxSequenceMemory> {
    if (engine.isClosed()) throw closedModel(`onnx/${engine.modelId}`);
    if (tokens <= engine.trainedTokens) return new OnnxSequenceMemory(engine);
    throw new ModelCallError(
      `The prefix and maxTokens are ${tokens} tokens together; "${engine.modelId}" was trained on ${engine.trainedTokens}. Shorten the prefix, or lower maxTokens.`,
      { failure: 'context-length', dispatch: 'not-sent' },
    );
  }

  get isGone(): boolean {
    return this.#engine.isClosed();
  }

  append(tokens: readonly number[]): Promise<void> {
    return this.#sequence.append(tokens);
  }

  async rewind(tokens: readonly number[]): Promise<void> {
    this.#sequence.rewind(tokens);
  }

  async distributions(all: readonly number[], start: number, out: Float32Array): Promise<void> {
    const width = this.#engine.graph.vocabularySize;
    await this.#feed(all, start, (position, logits) => {
      if (position < start) return;
      const normaliser = logNormaliser(logits);
      const row = (position - start) * width;
      for (let token = 0; token < width; token += 1) out[row + token] = (logits[token] as number) - normaliser;
    });
  }

  async best(all: readonly number[], start: number, k: number): Promise<readonly ScoredToken[]> {
    const last = all.length - 1;
    let best: readonly ScoredToken[] = [];
    await this.#feed(all, Math.min(start, last), (position, logits) => {
      if (position === last) best = bestTokens(logits, k, logNormaliser(logits));
    });
    return best;
  }

  async scores(all: readonly number[], start: number): Promise<readonly number[]> {
    const scores: number[] = [];
    await this.#feed(all.slice(0, -1), start - 1, (position, logits) => {
      if (position >= start - 1) scores.push((logits[all[position + 1] ?? 0] ?? 0) - logNormaliser(logits));
    });
    return scores;
  }

  sibling(): Promise<OnnxSequenceMemory> {
    return OnnxSequenceMemory.open(this.#engine, 0);
  }

  async copy(other: OnnxSequenceMemory, tokens: readonly number[]): Promise<number> {
    const shared = other.#sequence.shared(tokens);
    this.#sequence.copy(other.#sequence, shared);
    return shared;
  }

  async release(): Promise<void> {
    this.#sequence.clear();
  }

  /** Has the engine evaluate `all` from position `from` on, or from further back where it is behind. */
  async #feed(
    all: readonly number[],
    from: number,
    read: (position: number, logits: Float32Array) => void,
  ): Promise<void> {
    const evaluated = this.#sequence.rewind(all.slice(0, from));
    await this.#sequence.append(all.slice(evaluated), { read });
  }
}
