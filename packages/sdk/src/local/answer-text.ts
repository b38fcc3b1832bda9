const tokensOfContext = 8;

/** Turns tokens into text; `before` are the last tokens of what they follow. */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/**
 * The text of an answer as its tokens arrive: characters that span tokens are held back until whole, text that may yet
 * become a stop string is held back until it cannot.
 */
export class AnswerText {
  readonly #detokenize: Detokenize;
  readonly #stops: readonly string[];
  readonly #tokens: number[] = [];
  #pending: number[] = [];
  #text = '';
  #released = 0;

  constructor(detokenize: Detokenize, stops: readonly string[]) {
    this.#detokenize = detokenize;
    this.#stops = stops;
  }

  /** Text up to a stop string, where one was met. */
  get text(): string {
    return this.#text;
  }

  /** Adds a token. Gives the piece of text it completed, and the stop string that was met. */
  push(token: number): { readonly piece: string; readonly stop?: string } {
    this.#pending.push(token);
    const piece = this.#detokenize(this.#pending, this.#tokens.slice(-tokensOfContext));
    // A replacement character at the end is the first half of a character whose rest is still to come.
    if (piece.endsWith('\uFFFD')) return { piece: '' };
    this.#tokens.push(...this.#pending);
    this.#pending = [];
    const searchFrom = Math.max(0, this.#text.length - this.#longestStop());
    this.#text += piece;
    const stop = this.#firstStop(searchFrom);
    if (stop !== undefined) this.#text = this.#text.slice(0, stop.at);
    return stop === undefined ? { piece } : { piece, stop: stop.text };
  }

  /** Text that can be shown now and was not shown before. */
  release(finished: boolean): string {
    const end = finished ? this.#text.length : this.#text.length - this.#heldBack();
    if (end <= this.#released) return '';
    const shown = this.#text.slice(this.#released, end);
    this.#released = end;
    return shown;
  }

  #firstStop(from: number): { readonly at: number; readonly text: string } | undefined {
    let first: { readonly at: number; readonly text: string } | undefined;
    for (const text of this.#stops) {
      const at = this.#text.indexOf(text, from);
      if (at >= 0 && (first === undefined || at < first.at)) first = { at, text };
    }
    return first;
  }

  /** Length of the longest end of the text that begins a stop string. */
  #heldBack(): number {
    let held = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#text.length); length > held; length -= 1) {
        if (this.#text.endsWith(stop.slice(0, length))) {
          held = length;
          break;
        }
      }
    }
    return held;
  }

  #longestStop(): number {
    return this.#stops.reduce((longest, stop) => Math.max(longest, stop.length), 0);
  }
}
