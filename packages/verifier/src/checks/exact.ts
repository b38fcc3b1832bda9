/** A text as exact checks compare it: trimmed, white space folded to single blanks, and in lower case if asked. */
export function foldText(text: string, ignoreCase = false): string {
  const folded = text.trim().replace(/\s+/g, ' ');
  return ignoreCase ? folded.toLowerCase() : folded;
}

/**
 * Whether two texts are the same after trimming and folding white space.
 *
 * @param ignoreCase Default false.
 */
export function textsAgree(text: string, expected: string, ignoreCase = false): boolean {
  return foldText(text, ignoreCase) === foldText(expected, ignoreCase);
}
