import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintKey, fingerprintOf, fingerprintsAgree } from './fingerprint.ts';

const keyOf = (text: string): string | undefined => {
  const found = fingerprintOf(text);
  return found === undefined ? undefined : fingerprintKey(found);
};

const agree = (a: string, b: string): boolean | undefined => {
  const [left, right] = [fingerprintOf(a), fingerprintOf(b)];
  return left === undefined || right === undefined ? undefined : fingerprintsAgree(left, right);
};

describe('constants', () => {
  it.each([
    ['7', '7'],
    ['-7', '-7'],
    ['\\frac43', '4/3'],
    ['\\frac 5{12}', '5/12'],
    ['\\dfrac{-3}{6}', '-1/2'],
    ['\\frac{\\frac12}{3}', '1/6'],
    ['1\\frac{3}{4}', '7/4'],
    ['12 \\frac{1}{2}', '25/2'],
    ['3\\frac{5}{2}', '15/2'],
    ['2 1/2', '5/2'],
    ['½', '1/2'],
    ['2½', '5/2'],
    ['1,234.5', '2469/2'],
    ['1{,}234', '1234'],
    ['98,\\!765', '98765'],
    ['2^{10}', '1024'],
    ['2^-3', '1/8'],
    ['2^3^2', '512'],
    ['-2^2', '-4'],
    ['(-2)^2', '4'],
    ['2**5', '32'],
    ['4.2 \\times 10^{-3}', '21/5000'],
    ['6 \\cdot 7', '42'],
    ['6 × 7 ÷ 2', '21'],
    ['2(3)', '6'],
    ['(2)(3)', '6'],
    ['\\left(\\frac{2}{3}\\right)^2', '4/9'],
    ['3²', '9'],
    ['2¹⁰', '1024'],
    ['\\sqrt{16}', '4'],
    ['\\sqrt{\\frac{9}{4}}', '3/2'],
    ['\\sqrt[3]{-27}', '-3'],
    ['8^{2/3}', '4'],
    ['√49', '7'],
    ['sqrt(81)', '9'],
    ['\\sqrt2', '1.414213562'],
    ['3\\sqrt{2}', '4.242640687'],
    ['\\sqrt{18}', '4.242640687'],
    ['2√3', '3.464101615'],
    ['(\\sqrt{5})^2', '5'],
    ['\\pi', '3.141592654'],
    ['3pi/4', '2.35619449'],
    ['e', '2.718281828'],
    ['\\ln e', '1'],
    ['\\log 1000', '3'],
    ['\\log_2 8', '3'],
    ['\\log_{2}(32)', '5'],
    ['\\sin 30\\pi', '0'],
    ['\\cos(\\pi/3)', '0.5'],
    ['\\tan^{-1} 1', '0.7853981634'],
    ['\\cos^2 0', '1'],
    ['|3 - 5|', '2'],
    ['\\left|-\\frac12\\right|', '0.5'],
    ['\\lvert -4 \\rvert', '4'],
    ['i^2', '-1'],
    ['(1+i)(1-i)', '2'],
    ['8 - 3i', '8-3i'],
    ['i', 'i'],
    ['\\mathrm{i} + 1', '1+i'],
    ['e^{i\\pi}', '-1'],
    ['75^\\circ', '75'],
    ['75°', '75'],
    ['40\\%', '40'],
    ['\\$18.50', '37/2'],
    ['12 \\text{ cm}^2', '12'],
    ['3\\,\\mathrm{kg}', '3'],
    ['\\mathbf{7}', '7'],
    ['x = 5', '5'],
    ['f(2) = 5', '5'],
    ['\\theta = \\frac{1}{2}', '1/2'],
    ['2 + 3 = 5', '5'],
    ['x - x + 1', '1'],
    [`1${'0'.repeat(70)}`, '1e+70'],
    ['7^{2^{10}}', undefined],
  ])('%s is %s', (text, expected) => {
    expect(keyOf(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '+',
    '2 +',
    '(2',
    '2)',
    '2 3',
    '1.2.3',
    '1,23',
    '2,3',
    '{2',
    '()',
    '|2',
    '^2',
    '2^',
    '\\frac{1}',
    '\\',

    '1/0',
    '0/0',
    'x/0',
    '1/(x - x)',
    '2_3',
    '52_{8}',
    '\\infty',
    '1 \\pm 2',
    '\\pi \\cup 2',
    '#',
    '"2"',
    '\\sqrt[0]{2}',
    '\\log_2',
    '\\sin',
    '\\ln 0',
    '0^{-1}',
    'a = b = c',
    '\\sin^{-1}',
    'x < 2',
    'x \\leq 2',
  ])('%j is no formula, or has no value', (text) => {
    expect(fingerprintOf(text)).toBeUndefined();
  });

  it('gives up on what is too long or too deep, without failing', () => {
    expect(fingerprintOf('1+'.repeat(600) + '1')).toBeUndefined();
    expect(fingerprintOf(`${'('.repeat(200)}1${')'.repeat(200)}`)).toBeUndefined();
    expect(fingerprintOf('-'.repeat(500))).toBeUndefined();
    expect(fingerprintOf('2^'.repeat(400) + '2')).toBeUndefined();
    expect(keyOf(`${'('.repeat(50)}1${')'.repeat(50)}`)).toBe('1');
  });
});

describe('formulas', () => {
  it.each([
    ['(x + 1)^2', 'x^2 + 2x + 1'],
    ['(x^2 - 1)/(x - 1)', 'x + 1'],
    ['\\frac{a}{b} + \\frac{c}{d}', '\\frac{ad + bc}{bd}'],
    ['2x', 'x \\cdot 2'],
    ['1/2x', '\\frac{x}{2}'],
    ['x_1 x_2', 'x_{2}x_{1}'],
    ['abc', 'cab'],
    ['\\alpha\\beta', '\\beta \\alpha'],
    ['-(y - x)', 'x - y'],
    ['x^{-2}', '1/x^2'],
    ['(x + i)(x - i)', 'x^2 + 1'],
    ['\\pi r^2 + 2\\pi r h', '\\pi r(r + 2h)'],
    ['y = 3x - 2', '3x - 2'],
    ['f(x) = 3x - 2', '-2 + 3x'],
    ['(a + 1)(b + 2) = ab + 2a + b + 2', 'ab + 2a + b + 2'],
    ['2x + 3y - 5 = 0', '5 = 2x + 3y'],
    ['2x + 3y - 5 = 0', '-4x - 6y = -10'],
    ['y = y^2 + x', '0 = y^2 - y + x'],
    ['\\sqrt{x^2}', 'x'],
    ['\\sqrt{4x}', '2\\sqrt{x}'],
    ['\\frac{1}{\\sqrt{x}}', '\\frac{\\sqrt{x}}{x}'],
    ['\\sin^2 x + \\cos^2 x', '1'],
    ['\\cot x', '\\frac{\\cos x}{\\sin x}'],
    ['\\sin 2x', '2 \\sin x \\cos x'],
    ['\\ln x^2', '2 \\ln x'],
    ['e^{x + 1}', 'e \\cdot e^x'],
    ['2^{n+1}', '2 \\cdot 2^n'],
    ['\\sqrt{2 + \\sqrt{3}}', '\\frac{\\sqrt{6} + \\sqrt{2}}{2}'],
    ['\\frac{1}{1 + \\sqrt{2}}', '\\sqrt{2} - 1'],
    ['\\sqrt{2}\\sqrt{3}', '\\sqrt 6'],
    ['x^{200} - 1', '(x^{100} - 1)(x^{100} + 1)'],
  ])('%s equals %s', (a, b) => {
    expect(agree(a, b)).toBe(true);
    expect(agree(b, a)).toBe(true);
  });

  it.each([
    ['(x + 1)^2', 'x^2 + 1'],
    ['x + 1', 'x - 1'],
    ['x', 'X'],
    ['x', 'y'],
    ['x_1', 'x_2'],
    ['x/2y', 'x/(2y)'],
    ['10^{15} + x', '10^{15} + 2x'],
    ['\\frac{1}{3}', '0.333333333333'],
    ['\\sqrt{2}', '1.41421356'],
    ['\\pi', '\\frac{22}{7}'],
    ['7 - 2i', '7 + 2i'],
    ['2x + 3y = 5', '2x + 3y = 6'],
    ['2x = y', '2x - y'],
    ['\\ln x', '\\log x'],
    ['\\sin x', '\\sin y'],
    ['x^{200}', 'x^{201}'],
    ['2^n', 'n^2'],
    ['10^{-20}\\sqrt{2}', '2 \\cdot 10^{-20}\\sqrt{2}'],
  ])('%s is not %s', (a, b) => {
    expect(agree(a, b)).toBe(false);
    expect(keyOf(a)).not.toBe(keyOf(b));
  });
});

interface Sample {
  readonly plain: string;
  readonly latex: string;
  readonly at: (x: number, y: number) => number;
}

/** The same rational formula in two spellings, with a way to compute it that shares no code with ours. */
const samples = fc.letrec<{ formula: Sample }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.integer({ min: 0, max: 30 }).map((n): Sample => ({ plain: `${n}`, latex: `${n}`, at: () => n })),
    fc.constant<Sample>({ plain: 'x', latex: 'x', at: (x) => x }),
    fc.constant<Sample>({ plain: 'y', latex: 'y', at: (_x, y) => y }),
    fc
      .tuple(tie('formula'), tie('formula'), fc.constantFrom<'+' | '-' | '*' | '/'>('+', '-', '*', '/'))
      .map(([a, b, operator]): Sample => {
        const at = (x: number, y: number): number => {
          const [left, right] = [a.at(x, y), b.at(x, y)];
          if (operator === '+') return left + right;
          if (operator === '-') return left - right;
          return operator === '*' ? left * right : left / right;
        };
        const latex = {
          '+': `(${a.latex} + ${b.latex})`,
          '-': `\\left(${a.latex} - ${b.latex}\\right)`,
          '*': `{${a.latex}} \\cdot {${b.latex}}`,
          '/': `\\dfrac{${a.latex}}{${b.latex}}`,
        }[operator];
        return { plain: `(${a.plain})${operator}(${b.plain})`, latex, at };
      }),
  ),
})).formula;

describe('properties', () => {
  it('two spellings of a formula are equal, have one key, and differ from the formula plus 1', () => {
    fc.assert(
      fc.property(samples, ({ plain, latex }) => {
        fc.pre(fingerprintOf(plain) !== undefined);
        expect(agree(plain, latex)).toBe(true);
        expect(keyOf(plain)).toBe(keyOf(latex));
        expect(agree(plain, `(${latex}) + 1`)).toBe(false);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('formulas that agree have the same values at other points than ours, and others differ somewhere', () => {
    const points = [
      [1.37, 2.91],
      [-0.63, 4.22],
      [7.77, -3.19],
    ] as const;
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const told = agree(a.plain, b.plain);
        fc.pre(told !== undefined);
        const values = points.map(([x, y]) => [a.at(x, y), b.at(x, y)] as const);
        fc.pre(values.every((pair) => pair.every((value) => Number.isFinite(value) && Math.abs(value) < 1e6)));
        const close = values.every(([u, v]) => Math.abs(u - v) <= 1e-6 * Math.max(1, Math.abs(u), Math.abs(v)));
        expect(told).toBe(close);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('never fails, whatever it reads', () => {
    const signs = fc.string({
      unit: fc.constantFrom(...'0123456789xyi+-*/^(){}[]|=_.,\\ '.split(''), '\\frac', '\\sqrt', '\\sin', 'π'),
    });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string({ unit: 'binary' })), (text) => {
        const found = fingerprintOf(text);
        if (found !== undefined) expect(fingerprintsAgree(found, found) || found.exact === undefined).toBe(true);
      }),
      { seed: 13, numRuns: 3000 },
    );
  });
});
