import type { LlamaModel, Token } from 'node-llama-cpp';

// The token type of GGUF for tokens that steer the engine and are no text.
const controlTokenType = 3;

// A pair of characters for private use around a number: nothing a person writes.
const placeholder = /\uE000(\d+)\uE001/;

/** The special tokens of a model as text: written into prompts by its template, and by nobody else. */
export class SpecialText {
  readonly #model: LlamaModel;
  readonly #texts: readonly string[];
  readonly #any: RegExp | undefined;
  readonly #tokens: ReadonlyMap<string, Token>;

  constructor(model: LlamaModel) {
    this.#model = model;
    const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
    const special = new Map<string, Token>();
    tokens.forEach((text, id) => {
      if (text !== '' && Number(types[id]) === controlTokenType) special.set(text, id as Token);
    });
    this.#tokens = special;
    this.#texts = [...special.keys()].sort((a, b) => b.length - a.length);
    const patterns = this.#texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    this.#any = patterns.length === 0 ? undefined : new RegExp(patterns.join('|'), 'g');
  }

  /** The special tokens that a text names, in order. */
  tokensIn(text: string): readonly Token[] {
    const found = this.#any === undefined ? [] : (text.match(this.#any) ?? []);
    return found.flatMap((name) => this.#tokens.get(name) ?? []);
  }

  /** A value whose strings name no special token: each is replaced by a placeholder that `tokenize` undoes. */
  guard<T>(value: T): T {
    return this.#guard(value) as T;
  }

  /** The tokens of a prompt. What was guarded becomes plain text, so a message cannot end its own turn or begin another. */
  tokenize(prompt: string): readonly Token[] {
    const pieces = prompt.split(placeholder);
    if (pieces.length === 1) return this.#model.tokenize(prompt, true);
    return pieces.flatMap((piece, i) => {
      const isGuarded = i % 2 === 1;
      const text = isGuarded ? (this.#texts[Number(piece)] ?? '') : piece;
      return text === ''
        ? []
        : this.#model.tokenize(text, !isGuarded, ...(i === 0 ? [] : (['trimLeadingSpace'] as const)));
    });
  }

  #guard(value: unknown): unknown {
    if (typeof value === 'string') {
      return this.#any === undefined
        ? value
        : value.replaceAll(this.#any, (name) => `\uE000${this.#texts.indexOf(name)}\uE001`);
    }
    if (Array.isArray(value)) return value.map((entry) => this.#guard(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#guard(entry)]));
  }
}
