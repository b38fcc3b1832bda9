import type { LlamaContext, LlamaContextSequence, Token, TokenPredictor } from 'node-llama-cpp';

/** How drafted tokens fared. */
export interface DraftCount {
  readonly validated: number;
  readonly refuted: number;
}

/** Drafts of one answer. */
export interface DraftLoan {
  /** Stops drafting for it. */
  end(): DraftCount;
}

/**
 * Guesses the next tokens of a sequence, which the model then checks several at a time: speculative decoding. What is
 * emitted is what the model itself would have chosen.
 *
 * A draft model has one sequence, so it drafts for one answer at a time; it keeps what it has evaluated for the next one.
 */
export class Drafter {
  readonly #slots = new Map<LlamaContextSequence, PredictorSlot>();
  readonly #predictor: () => TokenPredictor;
  readonly #atOnce: number;
  readonly #dispose: () => Promise<void>;
  #lent = 0;

  constructor(how: {
    readonly predictor: () => TokenPredictor;
    /** Answers that can be drafted for at the same time. */
    readonly atOnce: number;
    readonly dispose: () => Promise<void>;
  }) {
    this.#predictor = how.predictor;
    this.#atOnce = how.atOnce;
    this.#dispose = how.dispose;
  }

  /** A sequence that can be drafted for. */
  sequenceOf(context: LlamaContext): LlamaContextSequence {
    const slot = new PredictorSlot();
    const sequence = context.getSequence({ tokenPredictor: slot });
    this.#slots.set(sequence, slot);
    return sequence;
  }

  /** Begins to draft for a sequence after a prompt. Undefined while all there is drafts for others. */
  lend(sequence: LlamaContextSequence, prompt: readonly Token[]): DraftLoan | undefined {
    const slot = this.#slots.get(sequence);
    if (slot === undefined || this.#lent >= this.#atOnce) return undefined;
    this.#lent += 1;
    slot.predictor = this.#predictor();
    slot.predictor.updateInputTokens([...prompt]);
    const before = sequence.tokenPredictions;
    return {
      end: () => {
        this.#lent -= 1;
        void slot.predictor?.stop?.();
        slot.predictor = undefined;
        const after = sequence.tokenPredictions;
        return { validated: after.validated - before.validated, refuted: after.refuted - before.refuted };
      },
    };
  }

  /** Gives back the memory of the draft model. */
  dispose(): Promise<void> {
    return this.#dispose();
  }
}

/** The predictor of a sequence is chosen once and for all by the engine: this one predicts nothing until it is lent another. */
class PredictorSlot implements TokenPredictor {
  predictor: TokenPredictor | undefined;

  reset(to: Parameters<TokenPredictor['reset']>[0]): Promise<void> | void {
    return this.predictor?.reset(to);
  }

  pushTokens(tokens: Token[]): void {
    this.predictor?.pushTokens(tokens);
  }

  predictTokens(): Promise<Token[]> | Token[] {
    return this.predictor?.predictTokens() ?? [];
  }

  stop(untilPredictionsExhausted?: boolean): Promise<void> | void {
    return this.predictor?.stop?.(untilPredictionsExhausted);
  }

  updateInputTokens(tokens: Token[]): void {
    this.predictor?.updateInputTokens(tokens);
  }

  // Lent predictors belong to the drafter.
  dispose(): void {}

  [Symbol.dispose](): void {}
}
