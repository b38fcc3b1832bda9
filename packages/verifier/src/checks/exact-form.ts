import { fingerprintKey, fingerprintOf } from './algebra/fingerprint.ts';
import { parseRational } from './rational.ts';
import type { FoundNumber } from './read-number.ts';

// Signs that numbers in exact form are written with. Everything else ends a run of them.
const commands = String.raw`\\(?:[dtc]?frac|sqrt|pi|cdot|times|div|left|right|ln|log|sin|cos|tan|exp)(?![a-zA-Z])|\\[,!;: ]`;
const words = String.raw`sqrt(?=\s?\()|(?<!\p{L})(?:pi(?!\p{L})|e(?=\^))`;
const run = new RegExp(String.raw`(?:[\d\s.,+\-−–*/^(){}[\]√π×·÷²³]|${commands}|${words})+`, 'gu');
const exactForm = /[√π^²³]|sqrt|pi|\\[dtc]?frac|\\(?:ln|log|sin|cos|tan|exp)/;
const goesOn = /^(?:\p{L}|\\(?!text|mbox|mathrm|rm|approx|[%$)\]]))/u;
const follows = /[\p{L}\d)}\]]\s*$/u;
/** Longer formulas are no answers. */
const maxCharacters = 1000;

/**
 * The number in exact form that a found number is part of: `3\sqrt{2}`, `7π`, `\frac{3+4}{2}`, `6.02 × 10^{23}`, `2^10`. Without a
 * found number, the last one of the text: `π`. Undefined where there is none, and within longer formulas (`2√3 + x`).
 *
 * @param any Sums and products of plain numbers count too.
 */
export function exactFormAt(text: string, found: FoundNumber | undefined, any: boolean): FoundNumber | undefined {
  let chosen: RegExpExecArray | undefined;
  for (const match of text.matchAll(run)) {
    if (found === undefined ? exactForm.test(match[0]) : match.index < found.end) chosen = match;
  }
  if (chosen === undefined || chosen[0].length > maxCharacters) return undefined;
  const lead = /^[\s,.)\]}*]*/.exec(chosen[0])?.[0].length ?? 0;
  const source = chosen[0].slice(lead).replace(/(?:[\s.,]|\*\*)+$/, '');
  const start = chosen.index + lead;
  const end = start + source.length;
  if (found !== undefined && (found.end <= start || found.end > end)) return undefined;
  if (!any && !exactForm.test(source)) return undefined;
  const isPart =
    goesOn.test(text.slice(end, end + 10)) ||
    (/^[-+−–/^]/.test(source) && follows.test(text.slice(Math.max(0, start - 10), start)));
  const fingerprint = isPart ? undefined : fingerprintOf(source);
  if (fingerprint?.kind !== 'constant') return undefined;
  const value = fingerprintKey(fingerprint);
  return parseRational(value) === undefined ? undefined : { ...found, value, start, end };
}
