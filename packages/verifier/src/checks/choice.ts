import { type AnswerKey, InvalidOptionError, textOf } from '@tollgate/sdk';
import { announcedAnswers, readablePart } from './announced-answer.ts';
import { isCut } from './is-cut.ts';

/** Options of `extractChoice`. */
export interface ExtractChoiceOptions {
  /** The letters on offer, upper case. @defaultValue 'ABCDE' */
  readonly options?: string;
  /** The text was cut before its end: only an announced letter counts, and none that the cut may have shortened. @defaultValue false */
  readonly cut?: boolean;
}

/**
 * The letter that a text gives as its answer, in upper case.
 *
 * Reads what follows the last "Answer:" (also "answer is", `\boxed{}`): `B`, `(b)`, `**B.**`, `option B`. Else the last
 * letter that stands in brackets, in bold or alone on a line; a bare "A" within a sentence is an article, not an answer.
 *
 * @throws InvalidOptionError when `options` is not a list of 1 to 26 different capital letters.
 *
 * @example
 * extractChoice('Paris is the capital, so the answer is (B).'); // 'B'
 */
export function extractChoice(text: string, options: ExtractChoiceOptions = {}): string | undefined {
  return readChoice(text, patternsFor(options.options ?? 'ABCDE'), options.cut ?? false);
}

/**
 * Choices are the same answer when their letter is.
 *
 * @param options The letters on offer, upper case. Default `ABCDE`.
 * @throws InvalidOptionError when `options` is not a list of 1 to 26 different capital letters.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalChoice('ABCD') });
 */
export function finalChoice(options = 'ABCDE'): AnswerKey {
  const patterns = patternsFor(options);
  return { name: 'final-choice', key: (candidate) => readChoice(textOf(candidate), patterns, isCut(candidate)) };
}

interface ChoicePatterns {
  /** The letter right after an announcement. */
  readonly announced: RegExp;
  /** Letters that stand out in running text. */
  readonly standing: RegExp;
}

function patternsFor(options: string): ChoicePatterns {
  if (!/^[A-Z]{1,26}$/.test(options) || new Set(options).size !== options.length) {
    throw new InvalidOptionError(
      'options',
      `options must be different capital letters such as "ABCD", received ${JSON.stringify(options)}.`,
    );
  }
  const upper = `[${options}]`;
  const lower = upper.toLowerCase();
  const opening = String.raw`[\s*_:"'\x60$([{]{0,20}(?:\\[a-z]+\{)?(?:(?:[Oo]ption|[Cc]hoice|[Ll]etter)\s+)?[*(["'\x60]{0,8}`;
  return {
    // A small letter must stand alone: "a" begins many sentences.
    announced: new RegExp(String.raw`^${opening}(?:(${upper})(?![\w'’])|(${lower})(?=\s*(?:[).:\]}*$]|$)))`),
    standing: new RegExp(
      String.raw`\((${upper})\)|\*\*\(?(${upper})(?![\w'’])|^[ \t]*(${upper})[ \t]*[).:]?[ \t]*$`,
      'gm',
    ),
  };
}

function readChoice(text: string, { announced, standing }: ChoicePatterns, cut: boolean): string | undefined {
  const readable = readablePart(text);
  for (const { line, last } of announcedAnswers(readable)) {
    const match = announced.exec(line);
    if (match === null) continue;
    return cut && last && match[0].length === line.length ? undefined : (match[1] ?? match[2])?.toUpperCase();
  }
  if (cut) return undefined;
  let last: string | undefined;
  for (const [, bracketed, bold, alone] of readable.matchAll(standing)) last = bracketed ?? bold ?? alone;
  return last;
}
