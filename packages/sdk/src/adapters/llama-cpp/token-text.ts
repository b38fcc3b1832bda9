import type { Token } from 'node-llama-cpp';
import type { Detokenize } from '../../local/answer-text.ts';

const tokensOfContext = 8;

/** Text out of tokens as they arrive. Characters that span tokens are held back until whole. */
export class TokenText {
  readonly #detokenize: Detokenize;
  readonly #shown: ReadonlyMap<number, string>;
  #before: readonly number[] = [];
  #pending: number[] = [];

  /** `shown` are special tokens that are to be seen all the same. */
  constructor(detokenize: Detokenize, shown: ReadonlyMap<number, string>) {
    this.#detokenize = detokenize;
    this.#shown = shown;
  }

  /** The text that a token completes. */
  push(token: Token): string {
    const special = this.#shown.get(token);
    if (special !== undefined) return this.rest() + special;
    this.#pending.push(token);
    const piece = this.#detokenize(this.#pending, this.#before);
    // A replacement character at the end is the first half of a character whose rest is still to come.
    if (piece.endsWith('\uFFFD')) return '';
    this.#before = [...this.#before, ...this.#pending].slice(-tokensOfContext);
    this.#pending = [];
    return piece;
  }

  /** Forgets a character that never got whole. */
  rest(): string {
    this.#pending = [];
    return '';
  }
}
