// Bounded, so that a model cannot fill its answer with spaces.
const space = '" "? | "\\n" [ \\t]{0,40}';

const basicRules: { readonly [name: string]: string } = {
  space,
  boolean: '"true" | "false"',
  null: '"null"',
  // 15 digits are what a double holds exactly.
  whole: '"0" | [1-9] [0-9]{0,14}',
  integer: '"-"? whole',
  number: '"-"? positive',
  positive: 'whole ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
  character: '[^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" character* "\\""',
  value: 'object | array | string | number | boolean | null',
  object: '"{" space (string space ":" space value (space "," space string space ":" space value)*)? space "}"',
  array: '"[" space (value (space "," space value)*)? space "]"',
  year: '[0-9]{4}',
  month: '"0" [1-9] | "1" [0-2]',
  day: '"0" [1-9] | "1" [0-9] | "2" [0-8]',
  date: 'year "-" month "-" day',
  clock: '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,3})? "Z"',
  hex: '[0-9a-f]',
  uuid: 'hex{8} "-" hex{4} "-4" hex{3} "-" [89ab] hex{3} "-" hex{12}',
};

/** Formats of strings that a grammar holds a model to. */
export const grammarFormats: { readonly [format: string]: string } = {
  date: '"\\"" date "\\""',
  time: '"\\"" clock "\\""',
  'date-time': '"\\"" date "T" clock "\\""',
  uuid: '"\\"" uuid "\\""',
};

/** Collects the rules of a grammar in GBNF, llama.cpp's notation. */
export class GrammarRules {
  readonly #rules = new Map<string, string>(Object.entries(basicRules));
  #made = 0;

  /** Adds a rule under a name of its own and gives the name. */
  add(body: string): string {
    const name = this.reserve();
    this.define(name, body);
    return name;
  }

  /** A name for a rule that comes later: so rules can be recursive. */
  reserve(): string {
    this.#made += 1;
    return `r${this.#made}`;
  }

  define(name: string, body: string): void {
    this.#rules.set(name, body);
  }

  /** The whole grammar. */
  text(root: string): string {
    return [`root ::= ${root}`, ...[...this.#rules].map(([name, body]) => `${name} ::= ${body}`)].join('\n');
  }
}

/** Text as it stands. */
export function literal(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
