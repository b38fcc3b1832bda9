// Advance widths of a wide sans-serif face, in hundredths of the font size: an estimate that errs on the wide side, for
// the page is laid out without knowing which font will show it.
const narrow = new Set([...'iIljtfr.,:;\'"!|()[]{} -']);
const wide = new Set([...'mwMWGOQ@%&']);

/** About how wide a line of text is at a font size, in the same unit. */
export function textWidth(text: string, fontSize: number): number {
  let hundredths = 0;
  for (const character of text) hundredths += narrow.has(character) ? 40 : wide.has(character) ? 92 : 63;
  return (hundredths / 100) * fontSize;
}

/** The text, or its start and end around an ellipsis where it has more than `most` characters. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) * 0.4);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}
