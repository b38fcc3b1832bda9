/** Only this many characters from the end of a text are read: answers come last, and the cost of reading stays bounded. */
const maxCharacters = 100_000;
/** Announcements without an answer behind them are passed over, this many at most. */
const maxAnnouncements = 10;

const announcements = [
  String.raw`\banswers?\b["'*_\`)\s]{0,8}(?:is\b|was\b|[:=])`,
  String.raw`\bfinal answer\b`,
  String.raw`\\boxed\s*\{`,
  // The GSM8K form only: four hashes also begin headings.
  String.raw`^[ \t]*####(?=[ \t]*[-+−–$]{0,2}[ \t]?[\d.,/]+[ \t]*$)`,
];
const announcement = new RegExp(announcements.join('|'), 'gim');

/** A line in which a text announces its answer, from the announcement on. */
export interface AnnouncedAnswer {
  /** What follows on the same line, or on the next one with anything on it. */
  readonly line: string;
  /** Nothing follows the line, so that a cut text may have been cut within it. */
  readonly last: boolean;
}

/** The end of a text that is read at all. */
export function readablePart(text: string): string {
  return text.length > maxCharacters ? text.slice(-maxCharacters) : text;
}

/**
 * What follows "Answer:", "answer is", "Final answer", `\boxed{` or `####` in a text, in any case and with or without
 * Markdown: the last announcement first, as the one before counts only where nothing of use follows it.
 */
export function announcedAnswers(text: string): readonly AnnouncedAnswer[] {
  const ends = Array.from(text.matchAll(announcement), (match) => match.index + match[0].length);
  return ends
    .slice(-maxAnnouncements)
    .reverse()
    .map((end) => lineAfter(text, end));
}

function lineAfter(text: string, start: number): AnnouncedAnswer {
  const blank = /[\s*_:"'`]*\n\s*/y;
  blank.lastIndex = start;
  const from = blank.test(text) ? blank.lastIndex : start;
  const newline = text.indexOf('\n', from);
  return newline === -1 ? { line: text.slice(from), last: true } : { line: text.slice(from, newline), last: false };
}
