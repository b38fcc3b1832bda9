import type { AnswerCheck } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { answerKeyFor } from './answer-key-for.ts';
import { checkAnswer } from './check-answer.ts';
import { validateCheck } from './validate-check.ts';

describe('checkAnswer', () => {
  it.each<[AnswerCheck, string, boolean, string | undefined]>([
    [{ kind: 'number', answer: '3/4' }, 'Answer: 0.75', true, '3/4'],
    [{ kind: 'number', answer: 42 }, 'It is 42.', true, '42'],
    [{ kind: 'number', answer: '1,234' }, 'Answer: $1234', true, '1234'],
    [{ kind: 'number', answer: 42 }, 'It is 43.', false, '43'],
    [{ kind: 'number', answer: 42, tolerance: 1 }, 'It is 43.', true, '43'],
    [{ kind: 'number', answer: 42 }, 'no idea', false, undefined],
    [{ kind: 'exact', answer: 'New  York' }, ' New\nYork ', true, 'New York'],
    [{ kind: 'exact', answer: 'New York' }, 'new york', false, 'new york'],
    [{ kind: 'exact', answer: 'New York', ignoreCase: true }, 'new york', true, 'new york'],
    [{ kind: 'exact', answer: 'x' }, '  ', false, undefined],
    [{ kind: 'regex', answer: '\\b19\\d\\d\\b' }, 'In 1969.', true, '1969'],
    [{ kind: 'regex', answer: 'moon', flags: 'i' }, 'The Moon', true, 'Moon'],
    [{ kind: 'regex', answer: 'moon' }, 'The Moon', false, undefined],
    [{ kind: 'choice', answer: 'B' }, 'Answer: (b)', true, 'B'],
    [{ kind: 'choice', answer: 'b' }, 'Answer: B', true, 'B'],
    [{ kind: 'choice', answer: 'G', options: 'ABCDEFG' }, 'Answer: G', true, 'G'],
    [{ kind: 'choice', answer: 'B' }, 'Answer: C', false, 'C'],
    [{ kind: 'choice', answer: 'B' }, 'who knows', false, undefined],
    [{ kind: 'number', answer: '3\\sqrt{2}' }, '\\boxed{\\sqrt{18}}', true, '4.242640687'],
    [{ kind: 'number', answer: '3\\sqrt{2}' }, 'Answer: 4.24264', true, '53033/12500'],
    [{ kind: 'number', answer: 5, unit: 'm' }, 'Answer: 500 cm', true, '5'],
    [{ kind: 'number', answer: '5 km', unit: 'm' }, 'Answer: 5000', true, '5000'],
    [{ kind: 'number', answer: 5, unit: 'm' }, 'Answer: 5 kg', false, '5000 g'],
    [{ kind: 'number', answer: 5000, unit: 'm' }, 'Answer: 5 kg', false, '5000 g'],
    [{ kind: 'number', answer: 25, unit: '%' }, 'Answer: 25%', true, '25'],
    [{ kind: 'number', answer: 25, unit: '%' }, 'Answer: 0.25', false, '1/4'],
    [{ kind: 'number', answer: 0.25, unit: '1' }, 'Answer: 25%', true, '1/4'],
    [{ kind: 'number', answer: 25 }, 'Answer: 25%', true, '25'],
    [{ kind: 'number', answer: '25%' }, 'Answer: 25', true, '25'],
    [{ kind: 'number', answer: 2 }, '\\boxed{2k + 2}', false, undefined],
    [{ kind: 'set', answer: '1, 2' }, 'Answer: 2 and 1', true, '{1, 2}'],
    [{ kind: 'set', answer: '1/3, one' }, 'Answer: one, 0.3333333', true, '{3333333/10000000, one}'],
    [{ kind: 'set', answer: '(1, 2)' }, '\\boxed{(2, 1)}', false, '{(2, 1)}'],
    [{ kind: 'set', answer: '1' }, ' ', false, undefined],
    [{ kind: 'expression', answer: '2(x + 1)' }, 'Answer: $2x + 2$', true, '2x + 2'],
    [{ kind: 'expression', answer: '2(x + 1)' }, 'Answer: $2x$', false, '2x'],
    [{ kind: 'expression', answer: '2(x + 1)' }, 'no idea', false, undefined],
    [{ kind: 'text', answer: 'The Moon' }, 'Answer: moon.', true, 'moon'],
    [{ kind: 'text', answer: 'The Moon' }, 'the sun', false, 'sun'],
    [{ kind: 'text', answer: 'The Moon' }, '...', false, undefined],
  ])('%j on %j', (...[check, text, passed, answer]) => {
    const expected = { passed, ...(answer !== undefined && { answer }) };
    expect(checkAnswer(check, text)).toEqual(expected);
    expect(checkAnswer(check, candidate(text))).toEqual(expected);
  });

  it('does not take the last number of a cut candidate', () => {
    const check: AnswerCheck = { kind: 'number', answer: 42 };
    expect(checkAnswer(check, candidate('so far 42', 'length'))).toEqual({ passed: false });
    expect(checkAnswer(check, 'so far 42').passed).toBe(true);
  });
});

describe('validateCheck', () => {
  it.each<AnswerCheck>([
    { kind: 'number', answer: '-3/4' },
    { kind: 'number', answer: 0.5, tolerance: 0 },
    { kind: 'exact', answer: 'x' },
    { kind: 'regex', answer: '^x$', flags: 'im' },
    { kind: 'choice', answer: 'c' },
    { kind: 'number', answer: '\\frac{\\pi}{2}' },
    { kind: 'number', answer: '42 apples' },
    { kind: 'number', answer: '3 ft', unit: 'm' },
    { kind: 'set', answer: '\\{\\}' },
    { kind: 'expression', answer: 'y = 2x' },
    { kind: 'text', answer: 'the moon' },
  ])('accepts %j', (check) => {
    expect(() => validateCheck(check)).not.toThrow();
  });

  it.each<[unknown, RegExp]>([
    [{ kind: 'number', answer: 'seven' }, /The answer of a check must be a number such as .*, received "seven"/],
    [{ kind: 'number', answer: Number.NaN }, /received NaN/],
    [
      { kind: 'number', answer: 1, tolerance: -1 },
      /The tolerance of a check must be a number of 0 or more, received -1/,
    ],
    [{ kind: 'number', answer: 1, tolerance: Number.NaN }, /tolerance/],
    [{ kind: 'number', answer: '1, 2' }, /must be a number/],
    [{ kind: 'number', answer: '2k + 2' }, /must be a number/],
    [{ kind: 'number', answer: '12:30' }, /must be a number/],
    [{ kind: 'number', answer: '3 kg', unit: 'm' }, /must be a number such as .*, in m, received "3 kg"/],
    [{ kind: 'number', answer: 3, unit: 'parsec' }, /unit must be a known unit/],
    [{ kind: 'set', answer: ' ' }, /must be a list/],
    [{ kind: 'set', answer: 3 }, /must be a text/],
    [{ kind: 'expression', answer: '1, 2' }, /must be a formula/],
    [{ kind: 'expression', answer: 'x +' }, /must be a formula/],
    [{ kind: 'text', answer: 'The' }, /more than articles/],
    [{ kind: 'exact', answer: ' ' }, /more than white space/],
    [{ kind: 'exact', answer: 5 }, /must be a text, received 5/],
    [{ kind: 'regex', answer: '(' }, /must be a regular expression, received "\("/],
    [{ kind: 'regex', answer: 'a', flags: 'g' }, /flags/],
    [{ kind: 'choice', answer: 'F' }, /one letter out of "ABCDE", received "F"/],
    [{ kind: 'choice', answer: 'AB' }, /one letter/],
    [{ kind: 'choice', answer: 'A', options: 'aa' }, /options/],
    [{ kind: 'judge', answer: 'x' }, /"choice", "set", "expression" or "text", received "judge"/],
    [{}, /received undefined/],
  ])('refuses %j', (check, message) => {
    expect(() => validateCheck(check as AnswerCheck)).toThrow(message);
  });
});

describe('answerKeyFor', () => {
  it.each<[Parameters<typeof answerKeyFor>[0], string, string, string | undefined]>([
    [{ kind: 'number' }, 'final-number', 'Answer: (B) 0.5', '1/2'],
    [{ kind: 'number', unit: 'cm' }, 'final-number', 'Answer: 0.5 m', '50'],
    [{ kind: 'choice', options: 'AB' }, 'final-choice', 'Answer: (B) 0.5', 'B'],
    [{ kind: 'set' }, 'final-set', 'Answer: 2 or 1/2', '{1/2, 2}'],
    [{ kind: 'expression' }, 'final-expression', 'Answer: 1 - 1/2', '1/2'],
    [{ kind: 'expression' }, 'final-expression', 'Answer: none of it', undefined],
    [{ kind: 'text' }, 'final-free-text', 'Answer: The Moon', 'moon'],
    [{ kind: 'exact' }, 'whole-text', 'Answer: (B) 0.5', 'Answer: (B) 0.5'],
    [{ kind: 'regex' }, 'whole-text', 'Answer: (B) 0.5', 'Answer: (B) 0.5'],
  ])('%j is counted by %s: %j is %j', (...[check, name, text, key]) => {
    const answer = answerKeyFor(check);
    expect(answer.name).toBe(name);
    expect(answer.key(candidate(text))).toBe(key);
  });

  it.each<['number' | 'set' | 'expression' | 'text', readonly string[]]>([
    [
      'number',
      ['0.5', '1/2', '50%', '\\frac12', '\\sqrt{2}', '2/\\sqrt{2}', '3', '9^{1/2}', '7\\pi', '\\pi \\cdot 7', '-3'],
    ],
    [
      'set',
      ['1, 2', '2 and 1', '\\{1, 2\\}', '(1, 2)', '[1, 2]', '1', 'x = 1', '1 \\pm 1', '0, 2', 'a, b', '\\emptyset'],
    ],
    [
      'expression',
      [
        '2x + 2',
        '2(x + 1)',
        'x + x + 2',
        'x^2',
        'xx',
        '1/2',
        '0.5',
        'y = x^2',
        '\\sqrt{x^4}',
        'x + y = 1',
        '1 - y = x',
      ],
    ],
    ['text', ['The moon', 'moon', 'MOON!', 'sun', 'a sun', 'sunny']],
  ])('of %s counts answers as one exactly where a check of one passes the other', (kind, answers) => {
    const answer = answerKeyFor({ kind });
    const keyOf = (text: string): string | undefined => answer.key(candidate(`\\boxed{${text}}`));
    for (const a of answers) {
      for (const b of answers) {
        const { passed } = checkAnswer({ kind, answer: a }, `\\boxed{${b}}`);
        const isOne = keyOf(a) === keyOf(b);
        // A key cannot tell that a root is a whole power; the check can.
        if (!`${a} ${b}`.includes('sqrt{x')) expect([a, b, isOne]).toEqual([a, b, passed]);
        if (isOne) expect([a, b, passed]).toEqual([a, b, true]);
      }
    }
  });
});
