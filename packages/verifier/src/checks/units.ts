import { unwrapWords } from './algebra/tidy-math.ts';
import { parseRational, type Rational, rational } from './rational.ts';

/** A unit in terms of base units. */
export interface Unit {
  /** What one of it is in base units. */
  readonly factor: Rational;
  /** Its base units: `m`, `m^2`, `m/s`; empty for pure numbers. Equal for units that can be converted into one another. */
  readonly kind: string;
}

/** Powers by base unit. */
type Dimension = Readonly<Record<string, number>>;

// Spellings, what one is in base units, and in which. All factors are exact by definition. Longer spellings have a plural.
const table: readonly (readonly [spellings: string, factor: string, dimension: Dimension])[] = [
  ['mm millimeter millimetre', '1/1000', { m: 1 }],
  ['cm centimeter centimetre', '1/100', { m: 1 }],
  ['m meter metre', '1', { m: 1 }],
  ['km kilometer kilometre', '1000', { m: 1 }],
  ['in inch inches', '0.0254', { m: 1 }],
  ['ft foot feet', '0.3048', { m: 1 }],
  ['yd yard', '0.9144', { m: 1 }],
  ['mi mile', '1609.344', { m: 1 }],
  ['ml milliliter millilitre', '1/1000000', { m: 3 }],
  ['l liter litre', '1/1000', { m: 3 }],
  ['mg milligram', '1/1000', { g: 1 }],
  ['g gram', '1', { g: 1 }],
  ['kg kilogram', '1000', { g: 1 }],
  ['tonne', '1000000', { g: 1 }],
  ['oz ounce', '28.349523125', { g: 1 }],
  ['lb lbs pound', '453.59237', { g: 1 }],
  ['ms millisecond', '1/1000', { s: 1 }],
  ['s sec second', '1', { s: 1 }],
  ['min minute', '60', { s: 1 }],
  ['h hr hrs hour', '3600', { s: 1 }],
  ['day days', '86400', { s: 1 }],
  ['week', '604800', { s: 1 }],
  ['mph', '0.44704', { m: 1, s: -1 }],
  ['° deg degree', '1', { '°': 1 }],
  ['°c celsius', '1', { '°C': 1 }],
  ['°f fahrenheit', '1', { '°F': 1 }],
  ['kelvin', '1', { K: 1 }],
  ['$ usd dollar', '1', { $: 1 }],
  ['¢ cent', '1/100', { $: 1 }],
  ['€ eur euro', '1', { '€': 1 }],
  ['£ gbp', '1', { '£': 1 }],
  ['% percent', '1/100', {}],
];

const one: Rational = { numerator: 1n, denominator: 1n };
const bySpelling = new Map(
  table.flatMap(([spellings, factor, dimension]) =>
    spellings
      .split(' ')
      .flatMap((each) => (each.length > 3 ? [each, `${each}s`] : [each]))
      .map((each) => [each, { factor: parseRational(factor) ?? one, dimension }] as const),
  ),
);
const spelling = [...bySpelling.keys()]
  .sort((a, b) => b.length - a.length)
  // "5 in total" is no length.
  .map((each) => (each === 'in' ? String.raw`in(?!\s+\p{L})` : each.replace('$', String.raw`\$`)))
  .join('|');
const part = new RegExp(
  String.raw`\s*(?:(square|sq\.?|cubic|cu\.?)\s)?(${spelling})(?![\p{L}\d])(?:\s?(?:\^\s?\{?([23])\}?|([²³])))?`,
  'iuy',
);
const per = /\s?(?:\/|\bper\b)/iuy;

/** LaTeX and long ways of writing units, in the spelling of the table. */
const rewritings: readonly (readonly [RegExp, string])[] = [
  [/\\(?:[,;:! ]|q?quad(?![a-zA-Z]))|~/g, ' '],
  [/\^\s?(?:\\circ|\{\s?\\circ\s?\})|\\degree(?![a-zA-Z])/g, '°'],
  [/°\s+(?=[cf](?![a-z]))/gi, '°'],
  [/degrees?\s+(?=celsius|fahrenheit)/gi, ''],
  [/per\s+cent(?![a-z])/gi, 'percent'],
  [/\\(?=[%$])/g, ''],
];

/** The unit a text begins with, if any: `cm`, `\text{ square feet}`, `km/h`, `%`. */
export function readUnit(text: string): Unit | undefined {
  return unitAtStart(text)?.unit;
}

/** The unit that a whole text names; `1` is that of pure numbers. */
export function unitNamed(name: string): Unit | undefined {
  if (name.trim() === '1') return { factor: one, kind: '' };
  const found = unitAtStart(name);
  return found?.rest.trim() === '' ? found.unit : undefined;
}

/** A quantity in another unit of its kind; undefined where the kinds differ. */
export function converted(value: Rational, from: Unit, to: Unit): Rational | undefined {
  if (from.kind !== to.kind) return undefined;
  return rational(
    value.numerator * from.factor.numerator * to.factor.denominator,
    value.denominator * from.factor.denominator * to.factor.numerator,
  );
}

function unitAtStart(text: string): { readonly unit: Unit; readonly rest: string } | undefined {
  // Units are short; what follows them may be long.
  let plain = unwrapWords(text.slice(0, 100));
  for (const [pattern, replacement] of rewritings) plain = plain.replace(pattern, replacement);
  const above = powerAt(plain, 0);
  if (above === undefined) return undefined;
  per.lastIndex = above.end;
  const below = per.test(plain) ? powerAt(plain, per.lastIndex) : undefined;
  const powers = new Map(Object.entries(above.dimension));
  let { factor } = above;
  for (const [base, power] of Object.entries(below?.dimension ?? {})) powers.set(base, (powers.get(base) ?? 0) - power);
  if (below !== undefined)
    factor = product(factor, { numerator: below.factor.denominator, denominator: below.factor.numerator });
  return { unit: { factor, kind: kindOf(powers) }, rest: plain.slice((below ?? above).end) };
}

function powerAt(
  text: string,
  at: number,
): { readonly factor: Rational; readonly dimension: Dimension; readonly end: number } | undefined {
  part.lastIndex = at;
  const match = part.exec(text);
  const [, word = '', name = '', digit = '', superscript = ''] = match ?? [];
  const base = bySpelling.get(name.toLowerCase());
  if (base === undefined) return undefined;
  const power =
    /^c/i.test(word) || digit === '3' || superscript === '³' ? 3 : word + digit + superscript === '' ? 1 : 2;
  let { factor } = base;
  for (let i = 1; i < power; i += 1) factor = product(factor, base.factor);
  const dimension = Object.fromEntries(Object.entries(base.dimension).map(([unit, each]) => [unit, each * power]));
  return { factor, dimension, end: part.lastIndex };
}

/** `m^2`, `m/s`, `/s`: the same for the same powers. */
function kindOf(powers: ReadonlyMap<string, number>): string {
  const named = (sign: number): readonly string[] =>
    [...powers]
      .filter(([, power]) => power * sign > 0)
      .map(([base, power]) => (power * sign === 1 ? base : `${base}^${power * sign}`))
      .sort();
  return [named(1).join(' '), ...named(-1)].join('/');
}

function product(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator) ?? a;
}
