// Advance widths of a wide sans-serif face, in hundredths of the font size: an estimate that errs on the wide side, for
// the page is laid out without knowing which font will show it.
const narrow = new Set('iIljtfr.,:;\'"!|()[]{} -');
const wide = new Set('mwMWGOQ@%&');

/** About how wide a line of text is at a font size, in the same unit. */
export function textWidth(text: string, fontSize: number): number {
  let hundredths = 0;
  for (const character of text) hundredths += narrow.has(character) ? 40 : wide.has(character) ? 92 : 63;
  return (hundredths / 100) * fontSize;
}

/** The text, or its start and end around an ellipsis where it is wider than `width`. */
export function fitText(
  text: string,
  { fontSize, width }: { readonly fontSize: number; readonly width: number },
): string {
  let fitted = text;
  for (let kept = text.length - 1; kept > 1 && textWidth(fitted, fontSize) > width; kept -= 1) {
    const end = Math.floor(kept * 0.4);
    fitted = `${text.slice(0, kept - end)}…${text.slice(text.length - end)}`;
  }
  return fitted;
}
