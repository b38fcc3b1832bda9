/** A separator between the thousands of a number, as LaTeX writes it: `1{,}234`, `1,\!234`, `1\,234`. */
const thousands = /(?<=\d)(?:\{,\}|,?\\[,!])\s?(?=\d{3}(?!\d))/g;

const emphasis = /\\(?:mathbf|boldsymbol|textbf|textit)\s*\{([^{}]*)\}/g;
const words = /\\(?:text(?:rm|normal)?|mbox|mathrm|operatorname|rm)\s*\{([^{}]*)\}/g;
const wordsAndPower = new RegExp(String.raw`${words.source}(?:\s?\^\s?(?:\d|\{\d\}))?`, 'g');
/** Words that mean the same set as text or not; all others inside a formula are units. */
const symbol = /^\s*(?:[ie]|exp|ln|log|sin|cos|tan)\s*$/;

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\\(?:left|right|displaystyle|limits|bigg?[lr]?|Bigg?[lr]?)(?![a-zA-Z])/g, ''],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  // Degrees, percents and currencies are units here, and units are not compared.
  [/\^\s?(?:\\circ|\{\s?\\circ\s?\})|°|\\?%|\\?\$|\\[()[\]]/g, ' '],
  [/\\(?:[,;:! ]|q?quad(?![a-zA-Z]))|~/g, ' '],
  [/[−–﹣－]/g, '-'],
  [/[×·⋅∙∗]|\\(?:cdot|times|ast)(?![a-zA-Z])/g, '*'],
  [/÷|\\div(?![a-zA-Z])/g, '/'],
  [/√/g, '\\sqrt '],
  [/π/g, '\\pi '],
  [/\\(?=[{}])/g, ''],
  [/\*\*/g, '^'],
];

/** Thousands joined by `separator`, whichever way LaTeX kept them apart. */
export function joinThousands(text: string, separator: '' | ','): string {
  return text.replace(thousands, separator);
}

/** `\text{east}` as `east`. */
export function unwrapWords(text: string): string {
  return text.replace(emphasis, '$1').replace(words, ' $1 ');
}

/**
 * A formula in the few signs that the parser reads: plain minus, times and divide, commands for roots and π, `\frac` in
 * one spelling, no layout, no units that stand in `\text{}`.
 */
export function tidyMath(text: string): string {
  let tidy = joinThousands(text, '')
    .replace(emphasis, '$1')
    .replace(wordsAndPower, (found, inside: string) => (symbol.test(inside) ? found.replace(words, ' $1 ') : ' '))
    .replace(/^[\s*]+|[\s*]+$/g, '');
  for (const [pattern, replacement] of replacements) tidy = tidy.replace(pattern, replacement);
  return tidy
    .replace(/[⁰¹²³⁴-⁹]+/g, (digits) => `^{${Array.from(digits, (digit) => superscripts.indexOf(digit)).join('')}}`)
    .replace(/[¼-¾⅐-⅞]/g, (fraction) => ` ${fraction.normalize('NFKC').replace('⁄', '/')}`);
}
