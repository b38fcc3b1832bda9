import type { LlamaContext, LlamaContextSequence } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { closedModel } from '../../local/closed-model.ts';
import type { Engine } from './load-engine.ts';

/** Sessions that share one context: the opened one and its forks. Each has its own part of the memory from the start. */
export const sessionsPerContext = 4;

/** The memory of a session and its forks. Given back when the last of them is closed. */
export class TokenRoom {
  readonly #context: LlamaContext;
  #taken = 0;

  private constructor(context: LlamaContext) {
    this.#context = context;
  }

  static async open({ model, modelId, threads }: Engine, tokens: number): Promise<TokenRoom> {
    if (model.disposed) throw closedModel(`llama-cpp/${modelId}`);
    if (tokens > model.trainContextSize) {
      throw new ModelCallError(
        `The prefix and maxTokens are ${tokens} tokens together; "${modelId}" was trained on ${model.trainContextSize}. Shorten the prefix, or lower maxTokens.`,
        { failure: 'context-length', dispatch: 'not-sent' },
      );
    }
    // One more than is used: the engine drops the beginning of a sequence that is full.
    const contextSize = tokens + 1;
    return new TokenRoom(
      await model.createContext({ contextSize, sequences: sessionsPerContext, threads, batchSize: 512 }),
    );
  }

  /** The model was closed, and all memory went with it. */
  get isGone(): boolean {
    return this.#context.disposed;
  }

  take(): LlamaContextSequence {
    if (this.#taken === sessionsPerContext) {
      throw new InvalidOptionError(
        'fork',
        `A session and its forks are ${sessionsPerContext} at most, and all are open. Close one first, or open another session.`,
      );
    }
    this.#taken += 1;
    return this.#context.getSequence();
  }

  async giveBack(sequence: LlamaContextSequence): Promise<void> {
    this.#taken -= 1;
    if (this.isGone) return;
    if (this.#taken === 0) await this.#context.dispose();
    else await sequence.dispose();
  }
}
