import type { Candidate } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { expressionsAgree, extractExpression, finalExpression } from './expression.ts';

describe('extractExpression', () => {
  it.each([
    ['2x + 2', '2x + 2'],
    ['Answer: 2x + 2.', '2x + 2'],
    ['**Answer:** $2x + 2$, for all x.', '2x + 2'],
    ['**Answer: 2x + 2**', '2x + 2'],
    ['Answer: \\(x^2\\)', 'x^2'],
    ['Answer: x + 1, where x > 0', 'x + 1'],
    ['Answer: 4a - 2 because of b', '4a - 2'],
    ['Answer: 4a - 2 for all a', '4a - 2'],
    ['So \\boxed{\\frac{x}{\\sqrt{2}}} it is', '\\frac{x}{\\sqrt{2}}'],
    ['\\boxed{12\\pi \\text{ cm}^2}', '12\\pi'],
    ['\\boxed{\\text{Area} = 3ab}', '3ab'],
    ['\\boxed{y = 3x}', 'y = 3x'],
    ['First $x$, then\n\\[ x + 1 \\]\n', 'x + 1'],
    ['The sum is a + b', 'a + b'],
    ['So we get: f(x) = 3x', 'f(x) = 3x'],
    ['The value is sqrt(2)/2', 'sqrt(2)/2'],
    ['\\boxed{x}. We check our answer: x = x', 'x'],
    ['So it is $x + 1$. Answer: see above', 'x + 1'],
    ['Answer: x^2\nAnswer: unclear', 'x^2'],
    ['Answer: sinh(x)', 'sinh(x)'],
  ])('%j gives %s', (text, expected) => {
    expect(extractExpression(text)).toBe(expected);
  });

  it.each([
    '',
    'no idea',
    'Answer: none of them',
    '\\boxed{1, 2}',
    '\\boxed{(1, 2)}',
    '\\boxed{x \\pm 1}',
    'Answer: $',
  ])('finds none in %j', (text) => {
    expect(extractExpression(text)).toBeUndefined();
  });

  it('takes from a cut text only what it had finished saying', () => {
    expect(extractExpression('Answer: x + 1', { cut: true })).toBeUndefined();
    expect(extractExpression('x + 1', { cut: true })).toBeUndefined();
    expect(extractExpression('Answer: x + 1\nas', { cut: true })).toBe('x + 1');
    expect(extractExpression('\\boxed{x + 1} as', { cut: true })).toBe('x + 1');
  });
});

describe('expressionsAgree', () => {
  it.each([
    ['2(x + 1)', '2x + 2', true],
    ['$2(x + 1)$', '2x + 2 \\text{ metres}', true],
    ['y = 2x', '2x', true],
    ['2x', '2x + 1', false],
    ['two', 'two', true],
    ['nothing', 'nothing', false],
    ['', '', false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(expressionsAgree(a, b)).toBe(expected);
  });
});

describe('finalExpression', () => {
  it('gives equal formulas one key, and shows numbers as they are', () => {
    const answer = finalExpression();
    const key = (said: Candidate): string | undefined => answer.key(said);
    expect(key(candidate('Answer: (x - 1)(x + 1)'))).toBe(key(candidate('\\boxed{x^2 - 1}')));
    expect(key(candidate('Answer: x^2 + 1'))).not.toBe(key(candidate('\\boxed{x^2 - 1}')));
    expect(key(candidate('Answer: \\frac{6}{4}'))).toBe('3/2');
    expect(key(candidate('who knows'))).toBeUndefined();
    expect(key(candidate('Answer: x', 'length'))).toBeUndefined();
  });
});
