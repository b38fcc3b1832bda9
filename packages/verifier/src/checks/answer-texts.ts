import { announcedAnswers, readablePart } from './announced-answer.ts';

/** Texts in which the answer of a candidate may stand. */
export interface AnswerTexts {
  /** What it announces as its answer, the last first. */
  readonly announced: readonly string[];
  /** All that is read; undefined for a cut text, which has only what it had finished saying. */
  readonly whole?: string;
}

/** Where to look for an answer. An announcement that a cut may have shortened takes those before it along. */
export function answerTexts(text: string, cut: boolean): AnswerTexts {
  const readable = readablePart(text);
  const found = announcedAnswers(readable);
  if (!cut) return { announced: found.map(({ line }) => line), whole: readable };
  return { announced: found.some(({ last }) => last) ? [] : found.map(({ line }) => line) };
}

/** The last line with anything on it. */
export function lastLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}

/** A text without the marks around formulas, and its formulas: `$…$`, `\(…\)`, `\[…\]`. */
export function splitFormulas(text: string): { readonly plain: string; readonly formulas: readonly string[] } {
  const parts = text
    .replace(/\\\$/g, ' ')
    .replace(/\\[()[\]]|\$\$/g, '$')
    .split('$');
  return { plain: parts.join(' '), formulas: parts.filter((_, i) => i % 2 === 1 && i < parts.length - 1) };
}
