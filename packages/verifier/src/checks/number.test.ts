import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { extractNumber, finalNumber } from './number.ts';
import { numbersAgree } from './numbers-agree.ts';
import { formatRational, rational } from './rational.ts';

describe('extractNumber reads', () => {
  it.each([
    ['Answer: 42', '42'],
    ['answer:42.', '42'],
    ['**Answer:** 42', '42'],
    ['**Answer**: 42', '42'],
    ['**Answer: 42**', '42'],
    ['### Final Answer\n\n42', '42'],
    ['Answer:\n\n**42** apples', '42'],
    ['Answer:\n\n**42**\nIt took 3 steps.', '42'],
    ['The answer is 42.', '42'],
    ['The final answer is: $\\boxed{42}$.', '42'],
    ['So we get \\boxed{-17}', '-17'],
    ['6 * 7 = 42\n#### 42', '42'],
    ['#### 1,234', '1234'],
    ['Answer = 42', '42'],
    ['\\boxed{44}. As 17 * 44 = 748, our answer is correct.', '44'],
    ['Answer: 1. No: Answer: 2', '2'],
    ['Answer: 42. Check: 6 * 7 = 42, and 6 + 7 = 13', '42'],
    ['Answer: 42\nThere were 3 steps.', '42'],
  ])('what %j announces', (text, expected) => {
    expect(extractNumber(text)).toBe(expected);
  });

  it.each([
    ['Answer: 3 + 4 = 7', '7'],
    ['Answer: x = 7', '7'],
    ['Answer: 81^2 / (89/7) = 516.5', '1033/2'],
    ['Answer: 3 \\times 4 = 12', '12'],
    ['Answer: 3 x 4 = 12', '12'],
    ['\\boxed{x = 7}', '7'],
    ['Answer: 7 (as x = 3)', '7'],
    ['Answer: 7 = seven', '7'],
    ['Answer: 5 - the others left', '5'],
  ])('the result of a calculation: %j', (text, expected) => {
    expect(extractNumber(text)).toBe(expected);
  });

  it.each([['Answer: 3 + 4'], ['Answer: 5-6'], ['Answer: 1/2/3'], ['Answer: 2024-11-23'], ['Answer: 6/(2)']])(
    'no answer in the unfinished %j',
    (text) => {
      expect(extractNumber(text)).toBeUndefined();
    },
  );

  it.each([
    ['-3', '-3'],
    ['−3', '-3'],
    ['–3', '-3'],
    ['- 3', '-3'],
    ['+3', '3'],
    ['-0', '0'],
    ['1.50', '3/2'],
    ['.5', '1/2'],
    ['3/4', '3/4'],
    ['6 / 8', '3/4'],
    ['-6/8', '-3/4'],
    ['6/-8', '-3/4'],
    ['1,234,567.5', '2469135/2'],
    ['1{,}234', '1234'],
    ['1,\\!234', '1234'],
    ['$1,234.50', '2469/2'],
    ['\\$5', '5'],
    ['-$5', '-5'],
    ['$-5$', '-5'],
    ['€7', '7'],
    ['50%', '50'],
    ['12.5\\%', '25/2'],
    ['1 1/2', '3/2'],
    ['-1 1/2', '-3/2'],
    ['\\frac{3}{4}', '3/4'],
    ['-\\dfrac{6}{8}', '-3/4'],
    ['\\frac{-3}{4}', '-3/4'],
    ['2\\frac{1}{2}', '5/2'],
    ['\\frac43', '4/3'],
    ['2e3', '2000'],
    ['1.5E-3', '3/2000'],
    ['5kg', '5'],
    ['90^\\circ', '90'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s as %s after an announcement and as the last number', (number, expected) => {
    expect(extractNumber(`Answer: ${number}`)).toBe(expected);
    expect(extractNumber(`First 99. The total of it all = ${number}`)).toBe(expected);
  });

  it.each([
    ['10 - 7 = 3', '3'],
    ['10-7', '7'],
    ['there are 3 dogs and 4 cats', '4'],
    ['between 5–6', '6'],
    ['It weighs 5 kg. That is all.', '5'],
    ['3, 4, and 5', '5'],
    ['1,23', '23'],
    ['we need 3 5/2', '5/2'],
    ['This is undefined: 4/0', undefined],
    ['the 2nd', undefined],
    ['the 12th of 7', '7'],
    ['v1.2.3', undefined],
    ['x2 and y_3', undefined],
    ['_42_', '42'],
    ['forty-two', undefined],
    ['', undefined],
    ['Answer: none', undefined],
    ['So it is 42. Answer: see above', '42'],
    ['The answer is not known', undefined],
    ['#### Step 3: add\nThe sum is 9', '9'],
  ])('the last number of %j: %s', (text, expected) => {
    expect(extractNumber(text)).toBe(expected);
  });

  it.each([
    ['Answer: $3\\sqrt{2}$', '4.242640687'],
    ['Answer: 3√2 cm.', '4.242640687'],
    ['**Answer: 2\\sqrt{3}**', '3.464101615'],
    ['\\boxed{\\frac{\\sqrt{16}}{3}}', '4/3'],
    ['The answer is $\\frac{\\sqrt{3}}{2}$, as said.', '0.8660254038'],
    ['Answer: 7π', '21.99114858'],
    ['Answer: $\\pi$', '3.141592654'],
    ['Answer: 2^10', '1024'],
    ['Answer: $2^{10}$', '1024'],
    ['Answer: 6.02 × 10^{23}', '602000000000000000000000'],
    ['Answer: 3 \\times 10^{-2} m', '3/100'],
    ['Answer: \\frac{3+4}{2}', '7/2'],
    ['Answer: $-\\sqrt{2}$', '-1.414213562'],
    ['Answer: \\ln 2', '0.6931471806'],
    ['so the side is $5\\sqrt{2}$ long.', '7.071067812'],
    ['so the area is 4π.', '12.56637061'],
    ['hence x = 3^2 + 4^2', '25'],
    ['\\boxed{12 - 5}', '7'],
    ['\\boxed{(1+2)/6}', '1/2'],
    ['\\boxed{\\boxed{5}}', '5'],
    ['\\boxed{\\frac{1}{\\frac{2}{3}}}', '3/2'],
    ['\\boxed{f(2) = 5}', '5'],
    ['\\fbox{5}', '5'],
    ['The field is 5 m^2.', '5'],
    ['The field is 5 m^{2}', '5'],
    ['\\boxed{864 \\mbox{ inches}^2}', '864'],
    ['\\boxed{75^\\circ}', '75'],
    ['\\boxed{7 \\text{ apples}}', '7'],
    ['\\boxed{12 N}', '12'],
    ['Answer: 2√3 + x', '2'],
  ])('exact forms and boxes: %j as %s', (text, expected) => {
    expect(extractNumber(text)).toBe(expected);
  });

  it.each([
    '1, 2',
    '(1, 2)',
    '[3, 4)',
    '(-\\infty, 4]',
    '1 \\pm 2',
    '2k + 2',
    '15x',
    'y = 3x',
    '5r^2',
    '6 - 5i',
    '52_8',
    '43_{6}',
    '1 and 2',
    '12:30',
    '3:4',
    '2 hours and 45 minutes',
    '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}',
    '\\{1, 2\\}',
  ])('no number in a box that holds %s', (inside) => {
    expect(extractNumber(`\\boxed{${inside}}`)).toBeUndefined();
  });

  it.each([
    ['\\boxed{44}. We check our answer: 4 * 11 = 44, and 4 + 11 = 15', '44'],
    ['\\boxed{44}\nWait.\nAnswer: 45', '45'],
    ['\\boxed{44}\n**So the final answer is 45.**', '45'],
    ['\\boxed{44}\nSo the answer is \\boxed{45}', '45'],
    ['Answer: 45\n\\boxed{44}', '44'],
    ['at 12:30 they had 7', '7'],
    ['7 at 12:30', '7'],
  ])('the announcement that counts in %j', (text, expected) => {
    expect(extractNumber(text)).toBe(expected);
  });

  it('drops a fraction over zero and takes the number before it', () => {
    expect(extractNumber('We have 8, then 4/0')).toBe('8');
  });

  it('looks at the end of a very long text only, and quickly', () => {
    expect(extractNumber(`Answer: 1 ${'x'.repeat(200_000)}`)).toBeUndefined();
    expect(extractNumber(`${'1 '.repeat(100_000)}Answer: 2`)).toBe('2');
    for (const hostile of [
      '1,'.repeat(60_000),
      '1/'.repeat(60_000),
      '9'.repeat(100_000),
      'answer '.repeat(20_000),
      'answer: '.repeat(12_000),
      '((('.repeat(30_000),
      '\n \t'.repeat(30_000),
      `Answer: ${'1+'.repeat(50_000)}`,
      `Answer: ${'\\a'.repeat(50_000)}`,
    ]) {
      const started = performance.now();
      extractNumber(hostile);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});

describe('with a unit', () => {
  it.each([
    ['5', 'm', '5'],
    ['5 m', 'm', '5'],
    ['5 apples', 'm', '5'],
    ['5 in total', 'm', '5'],
    ['500 cm', 'm', '5'],
    ['5 km', 'm', '5000'],
    ['5 kg', 'm', '5000 g'],
    ['5000 g', 'm', '5000 g'],
    ['1 ft', 'cm', '762/25'],
    ['3 yards', 'feet', '9'],
    ['25%', '%', '25'],
    ['25', '%', '25'],
    ['0.25', '%', '1/4'],
    ['25 percent', '%', '25'],
    ['25 per cent', '%', '25'],
    ['25\\%', '1', '1/4'],
    ['0.25', '1', '1/4'],
    ['$5', '%', '5 $'],
    ['$5', '$', '5'],
    ['50 cents', '$', '1/2'],
    ['$1.50', '¢', '150'],
    ['$5$ m', 'm', '5'],
    ['\\$5', 'usd', '5'],
    ['€5', '$', '5 €'],
    ['90^\\circ', '°', '90'],
    ['90 degrees', 'deg', '90'],
    ['20 °C', '°c', '20'],
    ['20 degrees Celsius', 'celsius', '20'],
    ['68 °F', '°c', '68 °F'],
    ['2\\text{ m}^2', 'cm^2', '20000'],
    ['2 square metres', 'm²', '2'],
    ['1 L', 'cm^3', '1000'],
    ['3 cubic feet', 'ft^3', '3'],
    ['72 km/h', 'm/s', '20'],
    ['20\\,\\mathrm{m/s}', 'km/h', '72'],
    ['60 miles per hour', 'mph', '60'],
    ['2 hours', 'min', '120'],
    ['2\\sqrt{2} m', 'km', '22627417/8000000000'],
  ])('%s in %s is %s', (number, unit, expected) => {
    expect(extractNumber(`Answer: ${number}`, { unit })).toBe(expected);
    expect(extractNumber(`\\boxed{${number}}`, { unit })).toBe(expected);
  });

  it.each(['', 'furlong', 'm/', '2', 'm m', 'constructor'])('refuses the unit %j', (unit) => {
    expect(() => finalNumber(unit)).toThrow(InvalidOptionError);
    expect(() => extractNumber('5', { unit })).toThrow(/unit must be a known unit such as "cm"/);
  });

  it('counts equal quantities as one answer', () => {
    const key = finalNumber('m');
    expect(key.key(candidate('Answer: 50 cm'))).toBe(key.key(candidate('Answer: 0.5 m')));
  });
});

describe('a text that was cut', () => {
  it.each([
    ['First 3, then 4', undefined],
    ['Answer: 12 because', '12'],
    ['Answer: 12\n', '12'],
    ['Answer: 12', undefined],
    ['Answer: 12.', undefined],
    ['Answer: 3/', undefined],
    ['Answer: 12, I th', '12'],
    ['so \\boxed{12}', '12'],
    ['so \\boxed{12', undefined],
    ['the sum is 12. Answer:', undefined],
  ])('%j gives %s', (text, expected) => {
    expect(extractNumber(text, { cut: true })).toBe(expected);
  });

  it.each(['length', 'budget', 'aborted'] as const)('is told by a candidate that ended by %s', (by) => {
    expect(finalNumber().key(candidate('First 3, then 4', by))).toBeUndefined();
    expect(finalNumber().key(candidate('Answer: 3, as', by))).toBe('3');
  });

  it.each(['eos', 'stop'] as const)('a candidate that ended by %s is whole', (by) => {
    expect(finalNumber().key(candidate('First 3, then 4', by))).toBe('4');
  });
});

const rationals = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 6n }))
  .map(([numerator, denominator]) =>
    formatRational(rational(numerator, denominator) ?? { numerator: 0n, denominator: 1n }),
  );

const surroundings: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `Answer: ${number}`,
  (number) => `**Answer:** ${number}.`,
  (number) => `First 12, then 7/3. The final answer is ${number}, which is fine.`,
  (number) => `1. Add 3.\n2. Halve.\n\n\\boxed{${number}}`,
  (number) => `Step 1: 5 + 5 = 10\n#### ${number}`,
  (number) => `Answer: 2 + 3 * (4) = ${number}`,
  (number) => `so the sum is ${number} apples, done`,
  (number) => `answer is: $${number}$`,
];

describe('properties', () => {
  it('rationals survive print and extract in every surrounding', () => {
    fc.assert(
      fc.property(rationals, fc.constantFrom(...surroundings), (number, around) => {
        expect(extractNumber(around(number))).toBe(number);
        expect(extractNumber(around(number.replace('-', '−')))).toBe(number);
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it('is idempotent: canonical text is its own canonical text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: fc.constantFrom(...'0123456789.,/-$%e ()=+*x\\frac{}answer:'.split('')) }),
        (a, b) => {
          for (const text of [a, b, `${b} answer: ${a}`]) {
            const once = extractNumber(text);
            if (once === undefined) continue;
            expect(numbersAgree(extractNumber(once) ?? '', once, 0)).toBe(true);
            if (!once.includes('.')) expect(extractNumber(once)).toBe(once);
          }
        },
      ),
      { seed: 4, numRuns: 2000 },
    );
  });

  it('a fraction and its decimal are one answer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 9 }),
        (units, places) => {
          const digits = String(Math.abs(units)).padStart(places + 1, '0');
          const split = digits.length - places;
          const decimal = `${units < 0 ? '-' : ''}${digits.slice(0, split)}${places === 0 ? '' : `.${digits.slice(split)}`}`;
          expect(extractNumber(decimal)).toBe(extractNumber(`${units}/${10 ** places}`));
        },
      ),
    );
  });

  it('thousands separators change nothing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (value) => {
        const grouped = value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
        expect(extractNumber(`Answer: ${grouped}`)).toBe(value.toString());
        expect(extractNumber(`It is ${grouped}, so`)).toBe(value.toString());
      }),
    );
  });
});
