/** Only this many characters from the end of a text are read: answers come last, and the cost of reading stays bounded. */
const maxCharacters = 100_000;
/** Announcements without an answer behind them are passed over, this many at most. */
const maxAnnouncements = 10;

const announcements = [
  String.raw`\banswers?\b["'*_\`)\s]{0,8}(?:is\b|was\b|are\b|[:=])`,
  String.raw`\bfinal answer\b`,
  String.raw`\\(?:boxed|fbox)\s*\{`,
  // The GSM8K form only: four hashes also begin headings.
  String.raw`^[ \t]*####(?=[ \t]*[-+−–$]{0,2}[ \t]?[\d.,/]+[ \t]*$)`,
];
const announcement = new RegExp(announcements.join('|'), 'gim');

const opening = /^[\s*_#>-]*(?:(?:so|thus|hence|therefore|then|and|the|final|my|our)[\s,:]+)*[*_]*$/i;

/** A line in which a text announces its answer, from the announcement on. */
export interface AnnouncedAnswer {
  /** What follows on the same line, or on the next one with anything on it; of a box what it holds. */
  readonly line: string;
  /** Nothing follows the line, so that a cut text may have been cut within it. */
  readonly last: boolean;
  /** The line is what a `\boxed{}` with balanced braces holds. */
  readonly boxed: boolean;
}

/** The end of a text that is read at all. */
export function readablePart(text: string): string {
  return text.length > maxCharacters ? text.slice(-maxCharacters) : text;
}

/**
 * What follows "Answer:", "answer is", "Final answer", `\boxed{` or `####` in a text, in any case and with or without
 * Markdown: the last announcement first, as the one before counts only where nothing of use follows it. Where there is a box,
 * an answer spoken of in the middle of a line announces nothing: "we check our answer: 3 · 4 = 12".
 */
export function announcedAnswers(text: string): readonly AnnouncedAnswer[] {
  const found = [...text.matchAll(announcement)].slice(-maxAnnouncements).reverse();
  const answers = found.map((match) => {
    const end = match.index + match[0].length;
    const answer = (text[end - 1] === '{' ? boxAfter(text, end) : undefined) ?? lineAfter(text, end);
    return { answer, isAside: !answer.boxed && !opensLine(text, match) };
  });
  const isBoxed = answers.some(({ answer }) => answer.boxed);
  return answers.filter(({ isAside }) => !isBoxed || !isAside).map(({ answer }) => answer);
}

/** Nothing but Markdown and words such as "So the" stands in front of it on its line. */
function opensLine(text: string, { index }: RegExpExecArray): boolean {
  const start = text.lastIndexOf('\n', index - 1) + 1;
  return index - start <= 60 && opening.test(text.slice(start, index));
}

function lineAfter(text: string, start: number): AnnouncedAnswer {
  const blank = /[\s*_:"'`]*\n\s*/y;
  blank.lastIndex = start;
  const from = blank.test(text) ? blank.lastIndex : start;
  const newline = text.indexOf('\n', from);
  const line = newline === -1 ? text.slice(from) : text.slice(from, newline);
  return { line, last: newline === -1, boxed: false };
}

/** What stands between an opening brace and the one that closes it; undefined where none does. */
function boxAfter(text: string, start: number): AnnouncedAnswer | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return { line: text.slice(start, at), last: false, boxed: true };
  }
  return undefined;
}
