import { AnswerText } from '../../local/answer-text.ts';
import { sampleToken } from '../../local/sample-token.ts';
import type { TokenChoice } from '../../local/token-choice.ts';
import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { RandomSource } from '../../spec/context.ts';
import type { FinishedBy, TokenLogprob } from '../../spec/result.ts';
import type { ScoredToken } from '../../spec/token-model.ts';
import type { Engine } from './load-engine.ts';
import { bestTokens, logNormaliser } from './rank-logits.ts';

/** How one answer is made. */
export interface SampleOptions {
  readonly choice: TokenChoice;
  readonly stops: readonly string[];
  readonly maxTokens: number;
  readonly random: RandomSource;
  /** Shows a piece of text. Undefined where nobody looks. */
  readonly show: ((text: string) => void) | undefined;
}

/** One answer as it grows, token by token. */
export class Sample {
  readonly #engine: Pick<Engine, 'tokenizer' | 'endTokens'>;
  readonly #options: SampleOptions;
  readonly #answer: AnswerText;
  readonly #logprobs: TokenLogprob[] = [];
  #tokens = 0;
  #stopString: string | undefined;

  /** Milliseconds of the engine that were this answer's share. */
  engineMs = 0;

  constructor(engine: Pick<Engine, 'tokenizer' | 'endTokens'>, options: SampleOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#answer = new AnswerText(engine.tokenizer.detokenize, options.stops);
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Chooses the next token by the logits before it. Gives the token, or what ended the answer. */
  take(logits: Float32Array): { readonly token: number } | { readonly by: FinishedBy } {
    const { choice, random, maxTokens, show } = this.#options;
    const k = Math.max(choice.temperature === 0 ? 1 : choice.topK, choice.logprobs?.alternatives ?? 1);
    const ranked = bestTokens(logits, k, choice.logprobs === undefined ? undefined : logNormaliser(logits));
    const chosen = sampleToken(ranked.slice(0, choice.topK), choice, random);
    if (chosen === undefined || this.#engine.endTokens.has(chosen.token)) return { by: 'eos' };
    this.#tokens += 1;
    const { piece, stop } = this.#answer.push(chosen.token);
    if (choice.logprobs !== undefined) {
      this.#logprobs.push(this.#logprobOf(piece, chosen, ranked.slice(0, choice.logprobs.alternatives)));
    }
    if (stop !== undefined) {
      this.#stopString = stop;
      return { by: 'stop' };
    }
    if (show !== undefined) this.#show(false);
    return this.#tokens >= maxTokens ? { by: 'length' } : { token: chosen.token };
  }

  /** The answer, ended by this. */
  end(by: FinishedBy): LeafCandidate {
    this.#show(true);
    return {
      content: [{ type: 'text', text: this.#answer.text }],
      finish: {
        unified: by === 'length' ? 'length' : by === 'aborted' ? 'aborted' : 'stop',
        by,
        ...(this.#stopString !== undefined && { stopString: this.#stopString }),
      },
      outputTokens: this.#tokens,
      engineSeconds: this.engineMs / 1000,
      ...(this.#options.choice.logprobs !== undefined && { logprobs: this.#logprobs }),
    };
  }

  #show(finished: boolean): void {
    const text = this.#answer.release(finished);
    if (text !== '') this.#options.show?.(text);
  }

  #logprobOf(text: string, { logprob }: ScoredToken, alternatives: readonly ScoredToken[]): TokenLogprob {
    const top = alternatives.map((other) => ({
      text: this.#engine.tokenizer.textOf(other.token),
      logprob: other.logprob,
    }));
    return { text, logprob, ...(top.length > 0 && { top }) };
  }
}
