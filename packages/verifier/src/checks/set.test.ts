import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { extractSet, finalSet, setsAgree } from './set.ts';

describe('extractSet', () => {
  it.each([
    ['Answer: 3, 1, 2', '{1, 2, 3}'],
    ['Answer: 1, 2 and 3.', '{1, 2, 3}'],
    ['Answer: 1, 2, and 3', '{1, 2, 3}'],
    ['Answer: {1, 2, 3}', '{1, 2, 3}'],
    ['Answer: [1, 2, 3]', '{1, 2, 3}'],
    ['Answer: $\\{1, 2, 3\\}$, as said', '{1, 2, 3}'],
    ['\\boxed{\\left\\{2, \\frac12\\right\\}}', '{1/2, 2}'],
    ['Answer: x = 1 or x = 2', '{1, 2}'],
    ['Answer: $x = 1$ and $x = 2$', '{1, 2}'],
    ['Answer: x = 1, y = 2', '{(x, 1), (y, 2)}'],
    ['Answer: 2, 2, 1', '{1, 2}'],
    ['Answer: 5', '{5}'],
    ['Answer: x = 5', '{5}'],
    ['\\boxed{3 \\pm \\sqrt{4}}', '{1, 5}'],
    ['\\boxed{\\pm 2}', '{-2, 2}'],
    ['\\boxed{\\{3 \\pm 1, -2\\}}', '{-2, 2, 4}'],
    ['\\boxed{(\\pm 1, 0)}', '{(-1, 0), (1, 0)}'],
    ['\\boxed{1 \\pm 2 \\mp 2}', '{1}'],
    ['\\boxed{(1, 2)}', '{(1, 2)}'],
    ['\\boxed{(2, 1), (1, 2)}', '{(1, 2), (2, 1)}'],
    ['\\boxed{(x, y) = (1, 2)}', '{(1, 2)}'],
    ['\\boxed{[0, 1)}', '{[0, 1)}'],
    ['\\boxed{x \\in [-2, 7]}', '{[-2, 7]}'],
    ['\\boxed{(-\\infty, 2) \\cup (3, \\infty)}', '{(-∞, 2), (3, ∞)}'],
    ['Answer: (−∞, 0] ∪ [1, +∞)', '{(-∞, 0], [1, ∞)}'],
    ['\\boxed{\\begin{pmatrix} 1 & 0 \\\\ 0 & -1 \\end{pmatrix}}', '{[[1, 0], [0, -1]]}'],
    ['\\boxed{\\begin{pmatrix} 1/2 \\\\ 3 \\end{pmatrix}}', '{[[1/2], [3]]}'],
    ['\\boxed{\\{\\{1, 2\\}, \\{3\\}\\}}', '{{1, 2}, {3}}'],
    ['\\boxed{\\emptyset}', '{}'],
    ['\\boxed{\\{\\}}', '{}'],
    ['\\boxed{1\\text{ or }3}', '{1, 3}'],
    ['Answer: The Red and the blue ones', '{blue ones, red}'],
    ['Answer: \\text{east}, \\text{north-west}', '{east, northwest}'],
    ['Answer: $x < 2$', '{x<2}'],
    ['Answer: $x > 2$', '{x>2}'],
    ['\\boxed{1{,}234, 5}', '{1234, 5}'],
    ['\\boxed{1,234}', '{1, 234}'],
    ['\\boxed{6 - 5i, i}', '{6-5i, i}'],
    ['Some words.\nThe solutions are 1 and 2.', '{1, 2}'],
    ['\\boxed{(x + 1)}', extractSet('\\boxed{x + 1}')],
  ])('%j gives %s', (text, expected) => {
    expect(extractSet(text)).toBe(expected);
  });

  it.each(['', ' \n ', 'Answer:', `Answer: ${'1, '.repeat(3000)}`])('finds nothing in %j', (text) => {
    expect(extractSet(text)).toBeUndefined();
  });

  it('takes from a cut text only what it had finished saying', () => {
    expect(extractSet('Answer: 1, 2', { cut: true })).toBeUndefined();
    expect(extractSet('Answer: 1, 2\nBecause', { cut: true })).toBe('{1, 2}');
    expect(extractSet('So \\boxed{1, 2} as', { cut: true })).toBe('{1, 2}');
    expect(finalSet().key(candidate('1, 2', 'length'))).toBeUndefined();
    expect(finalSet().key(candidate('1, 2'))).toBe('{1, 2}');
  });
});

describe('setsAgree', () => {
  it.each([
    ['1, 2', '2, 1', true],
    ['{1/3, 2}', '2, 0.3333333', true],
    ['0.3333333, 1/3', '1/3, 0.3333334', true],
    ['1, 1', '1', true],
    ['1, 2', '1, 2, 3', false],
    ['1, 2, 3', '1, 2', false],
    ['(1, 2)', '(2, 1)', false],
    ['(1, 2)', '1, 2', false],
    ['(1, 2)', '[1, 2]', false],
    ['[1, 2)', '[1, 2]', false],
    ['(0.5, 2)', '(1/2, 2)', true],
    ['(1/3, 2)', '(0.3333333, 2)', true],
    ['(1, 2), (3, 4)', '(3, 4), (1, 2)', true],
    ['x^2 - 1, 3', '3, (x - 1)(x + 1)', true],
    ['1 \\pm \\sqrt{3}', '1 - \\sqrt{3}, \\sqrt{3} + 1', true],
    ['\\sqrt{18}', '3\\sqrt{2}', true],
    ['1.41421356', '\\sqrt{2}', true],
    ['1.414', '\\sqrt{2}', false],
    ['The moon', 'moon', true],
    ['red, blue', 'blue; red', true],
    ['red', 'blue', false],
    ['x = 1, y = 2', 'x = 2, y = 1', false],
    ['x = 1, y = 2', 'y = 2, x = 1', true],
    ['\\emptyset', '\\{\\}', true],
    ['\\emptyset', '0', false],
    ['', '', false],
    ['x < 2', 'x > 2', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(setsAgree(a, b)).toBe(expected);
    expect(setsAgree(b, a)).toBe(expected);
  });

  it('order, repetition and the way of writing change nothing, a member more does (property)', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 7 }), (members, turn) => {
        const turned = [...members.slice(turn), ...members.slice(0, turn), members[0] ?? 0];
        const words = turned.length > 1 ? `${turned.slice(0, -1).join(', ')} and ${turned.at(-1)}` : `${turned[0]}`;
        const spellings = [members.join(','), `{${turned.join(', ')}}`, `\\{${turned.join('; ')}\\}`, words];
        for (const spelling of spellings) {
          expect(setsAgree(spelling, members.join(', '))).toBe(true);
          expect(extractSet(`Answer: ${spelling}`)).toBe(extractSet(`\\boxed{${members.join(', ')}}`));
          expect(setsAgree(`${spelling}, 501`.replace(/(\\?\}), 501/, ', 501$1'), members.join(', '))).toBe(false);
        }
      }),
      { seed: 6 },
    );
  });
});
