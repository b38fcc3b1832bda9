import { createHash } from 'node:crypto';
import type * as Tokenizers from '@huggingface/tokenizers';
import type { JsonObject } from '../../spec/json.ts';
import type { ModelFolder } from './model-folder.ts';

type Tokenizer = InstanceType<typeof Tokenizers.Tokenizer>;

// A character no text has, around the number of a special token.
const mark = '\uE000';

/** The tokenizer of a model folder, for text that is ours and for text that is not. */
export class TextTokenizer {
  /** SHA-256 over the pieces in order, as the llama.cpp adapter makes it: one vocabulary, one hash. */
  readonly hash: string;
  readonly #tokenizer: Tokenizer;
  readonly #specials: readonly string[];

  constructor({ Tokenizer }: typeof Tokenizers, folder: Pick<ModelFolder, 'tokenizer' | 'tokenizerConfig'>) {
    this.#tokenizer = new Tokenizer(folder.tokenizer, folder.tokenizerConfig);
    this.#specials = addedTokens(folder.tokenizer)
      .filter(({ special }) => special)
      .map(({ content }) => content)
      .sort((a, b) => b.length - a.length);
    this.hash = hashOf(this.#tokenizer.get_vocab(true));
  }

  /** Tokens of text from outside: a special token written in it is text like any other. */
  encode(text: string): readonly number[] {
    let first: { readonly at: number; readonly special: string } | undefined;
    for (const special of this.#specials) {
      const at = text.indexOf(special);
      if (at >= 0 && (first === undefined || at < first.at)) first = { at, special };
    }
    if (first === undefined) return this.#encode(text);
    // Cut inside, no piece is the special token any more.
    const cut = first.at + 1;
    return [...this.#encode(text.slice(0, cut)), ...this.encode(text.slice(cut))];
  }

  /** Tokens of a template's text, where special tokens are meant, but for those that `guard` marked. */
  encodeTemplate(text: string): readonly number[] {
    const parts = text.split(new RegExp(`${mark}(\\d+)${mark}`));
    return parts.flatMap((part, i) =>
      i % 2 === 0 ? this.#encode(part) : this.encode(this.#specials[Number(part)] ?? ''),
    );
  }

  /** Marks the special tokens written in texts from outside, so that none of them can end a turn of the template. */
  guard<T>(value: T): T {
    return this.#guard(value) as T;
  }

  /** Ids of one text or of a pair, with the special tokens that the tokenizer itself puts around them. */
  encodeWhole(text: string, pair: string | undefined): { readonly ids: number[]; readonly typeIds: number[] } {
    const { ids, token_type_ids: typeIds } = this.#tokenizer.encode(text, {
      ...(pair !== undefined && { text_pair: pair }),
      return_token_type_ids: true,
    });
    return { ids, typeIds };
  }

  decode(tokens: readonly number[]): string {
    return this.#decode(tokens, true);
  }

  /** The text of one token, also of a special one. */
  textOf(token: number): string {
    return this.#decode([token], false);
  }

  /** The text of tokens that follow others: some decoders treat the beginning of a text apart. */
  readonly detokenize = (tokens: readonly number[], before: readonly number[]): string =>
    this.decode([...before, ...tokens]).slice(before.length === 0 ? 0 : this.decode(before).length);

  idOf(piece: string): number | undefined {
    return this.#tokenizer.token_to_id(piece);
  }

  #encode(text: string): readonly number[] {
    return text === '' ? [] : this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  #guard(value: unknown): unknown {
    if (typeof value === 'string') {
      return this.#specials.reduce((text, special, i) => text.replaceAll(special, `${mark}${i}${mark}`), value);
    }
    if (Array.isArray(value)) return value.map((entry) => this.#guard(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#guard(entry)]));
  }

  #decode(tokens: readonly number[], skipsSpecials: boolean): string {
    if (tokens.length === 0) return '';
    return this.#tokenizer.decode([...tokens], {
      skip_special_tokens: skipsSpecials,
      clean_up_tokenization_spaces: false,
    });
  }
}

interface AddedToken {
  readonly content: string;
  readonly special: boolean;
}

function addedTokens({ added_tokens: added }: JsonObject): readonly AddedToken[] {
  return Array.isArray(added) ? (added as readonly unknown[] as readonly AddedToken[]) : [];
}

function hashOf(vocabulary: ReadonlyMap<string, number>): string {
  const pieces: string[] = [];
  for (const [piece, id] of vocabulary) pieces[id] = piece;
  // A hole is named as the converter to GGUF names it.
  const named = Array.from(pieces, (piece: string | undefined, id) => piece ?? `[PAD${id}]`);
  return createHash('sha256').update(JSON.stringify(named)).digest('hex');
}
