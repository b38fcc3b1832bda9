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
    [{ kind: 'exact', answer: ' ' }, /more than white space/],
    [{ kind: 'exact', answer: 5 }, /must be a text, received 5/],
    [{ kind: 'regex', answer: '(' }, /must be a regular expression, received "\("/],
    [{ kind: 'regex', answer: 'a', flags: 'g' }, /flags/],
    [{ kind: 'choice', answer: 'F' }, /one letter out of "ABCDE", received "F"/],
    [{ kind: 'choice', answer: 'AB' }, /one letter/],
    [{ kind: 'choice', answer: 'A', options: 'aa' }, /options/],
    [{ kind: 'judge', answer: 'x' }, /"number", "exact", "regex" or "choice", received "judge"/],
    [{}, /received undefined/],
  ])('refuses %j', (check, message) => {
    expect(() => validateCheck(check as AnswerCheck)).toThrow(message);
  });
});

describe('answerKeyFor', () => {
  it.each<[Parameters<typeof answerKeyFor>[0], string, string]>([
    [{ kind: 'number' }, 'final-number', '1/2'],
    [{ kind: 'choice', options: 'AB' }, 'final-choice', 'B'],
    [{ kind: 'exact' }, 'whole-text', 'Answer: (B) 0.5'],
    [{ kind: 'regex' }, 'whole-text', 'Answer: (B) 0.5'],
  ])('%j is counted by %s', (check, name, key) => {
    const answer = answerKeyFor(check);
    expect(answer.name).toBe(name);
    expect(answer.key(candidate('Answer: (B) 0.5'))).toBe(key);
  });
});
