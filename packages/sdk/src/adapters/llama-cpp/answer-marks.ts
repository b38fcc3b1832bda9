/** Text that begins something else than text: a thought, a call, an end; or that is never shown. */
export interface AnswerMark {
  readonly text: string;
  readonly is: 'thought' | 'call' | 'nothing' | 'stop';
}

/** The mark that comes first in a text, and where. */
export function firstMark(
  text: string,
  marks: readonly AnswerMark[],
): { readonly at: number; readonly length: number; readonly is: AnswerMark['is'] } | undefined {
  let first: { at: number; length: number; is: AnswerMark['is'] } | undefined;
  for (const mark of marks) {
    const at = text.indexOf(mark.text);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, length: mark.text.length, is: mark.is };
  }
  return first;
}

/** Length of the longest end of a text that begins one of these. */
export function heldBack(text: string, marks: readonly string[]): number {
  let held = 0;
  for (const mark of marks) {
    for (let length = Math.min(mark.length - 1, text.length); length > held; length -= 1) {
      if (text.endsWith(mark.slice(0, length))) {
        held = length;
        break;
      }
    }
  }
  return held;
}
