import { InvalidOptionError } from '../../errors/invalid-option-error.ts';

/** Where the table's special tokens sit: always the first three ids. */
export const UNKNOWN_ID = 0;
export const BOS_ID = 1;
export const EOS_ID = 2;
const SPECIALS = ['<unk>', '<s>', '</s>'] as const;

/** The name of the "row" that answers for the beginning of a sequence, and of the "word" that ends one. */
export const BOS = '<s>';
export const EOS = '</s>';

/** What a known-answer model is told. */
export interface BigramModel {
  /**
   * The words, in id order (id = index + 3). Any text; the longest that fits is taken when text is tokenised.
   * A word written `<0xE2>` is that raw byte, so characters may be spread over several tokens.
   */
  readonly vocabulary: readonly string[];
  /**
   * `probabilities[before][after]`, both words of the vocabulary, `before` also {@link BOS}, `after` also
   * {@link EOS}. Missing entries are impossible; a missing row ends the text at once. Rows need not sum to 1:
   * they are divided by their sum.
   */
  readonly probabilities: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Default `bigram`. */
  readonly name?: string;
  /** The Jinja chat template; by default the messages' contents are written one after the other. */
  readonly chatTemplate?: string;
  /** Words that are control tokens: they steer, and are no text. */
  readonly control?: readonly string[];
  /** The context length the model claims to have been trained with; default 4096. */
  readonly contextLength?: number;
}

/** The log-probability given to what the table calls impossible: finite, and `exp` of it is exactly 0 in float32. */
export const IMPOSSIBLE = -1000;

/** The default chat template. */
export const PLAIN_CHAT_TEMPLATE = "{{ bos_token }}{% for message in messages %}{{ message['content'] }}{% endfor %}";

/** All token texts in id order: the specials, the vocabulary, then every byte token it does not already have. */
export function bigramTokens(vocabulary: readonly string[]): string[] {
  const words = [...SPECIALS, ...vocabulary];
  if (new Set(words).size !== words.length)
    throw new InvalidOptionError('vocabulary', 'A word appears twice in the vocabulary. Give each word once.');
  if (words.includes('')) throw new InvalidOptionError('vocabulary', 'The empty string cannot be a word.');
  // llama.cpp falls back to byte tokens for text outside the vocabulary and aborts where they are missing.
  for (let byte = 0; byte < 256; byte++) {
    const word = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    if (!vocabulary.includes(word)) words.push(word);
  }
  return words;
}

/** The table as log-probabilities by id: `rows[before][after]`, each row normalised, impossible = {@link IMPOSSIBLE}. */
export function bigramLogProbabilities(model: Pick<BigramModel, 'vocabulary' | 'probabilities'>): Float64Array[] {
  const tokens = bigramTokens(model.vocabulary);
  const id = new Map(tokens.map((word, index) => [word, index]));
  const rows = tokens.map(() => new Float64Array(tokens.length).fill(IMPOSSIBLE));
  for (const row of rows) row[EOS_ID] = 0;
  for (const [before, nexts] of Object.entries(model.probabilities)) {
    const row = rows[id.get(before) ?? -1];
    if (row === undefined)
      throw new InvalidOptionError(
        'probabilities',
        `The table has a row for ${JSON.stringify(before)}, which is not in the vocabulary.`,
      );
    const sum = Object.values(nexts).reduce((total, p) => total + p, 0);
    if (!(sum > 0) || Object.values(nexts).some((p) => p < 0))
      throw new InvalidOptionError(
        'probabilities',
        `Row ${JSON.stringify(before)} is no distribution: its entries must be 0 or more, and some must be above.`,
      );
    row.fill(IMPOSSIBLE);
    for (const [after, p] of Object.entries(nexts)) {
      const column = id.get(after);
      if (column === undefined)
        throw new InvalidOptionError(
          'probabilities',
          `Row ${JSON.stringify(before)} names ${JSON.stringify(after)}, which is not in the vocabulary.`,
        );
      if (p > 0) row[column] = Math.log(p / sum);
    }
  }
  return rows;
}
