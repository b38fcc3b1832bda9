import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { extractChoice, finalChoice } from './choice.ts';

describe('extractChoice', () => {
  it.each([
    ['B', 'B'],
    ['(B)', 'B'],
    ['**B**', 'B'],
    ['Answer: B', 'B'],
    ['Answer: (b)', 'B'],
    ['answer: b.', 'B'],
    ['**Answer:** **C. Paris**', 'C'],
    ['The answer is option D, because A is wrong.', 'D'],
    ['The answer is: Choice (A)', 'A'],
    ['\\boxed{\\text{E}}', 'E'],
    ['$\\boxed{A}$', 'A'],
    ['Answer:\n\nC', 'C'],
    ['(A) is wrong, (C) fits', 'C'],
    ['Some thoughts.\nB.\n', 'B'],
    ['Answer: A. No. Answer: D', 'D'],
    ['The best one: **D) Rome**', 'D'],
  ])('%j gives %s', (text, expected) => {
    expect(extractChoice(text)).toBe(expected);
  });

  it.each([
    '',
    'A dog ran',
    'Answer: a dog',
    'Answer: Both',
    'Answer: F',
    'Answer: none of them',
    'vitamin C is good',
    "Answer: D'Artagnan",
  ])('finds no choice in %j', (text) => {
    expect(extractChoice(text)).toBeUndefined();
  });

  it('takes only letters on offer', () => {
    expect(extractChoice('Answer: E', { options: 'ABCD' })).toBeUndefined();
    expect(extractChoice('Answer: J', { options: 'ABCDEFGHIJ' })).toBe('J');
  });

  it('takes nothing from a cut text but a complete announced letter', () => {
    expect(extractChoice('(A) is wrong, (C)', { cut: true })).toBeUndefined();
    expect(extractChoice('Answer: C', { cut: true })).toBeUndefined();
    expect(extractChoice('Answer: C. Par', { cut: true })).toBe('C');
    expect(finalChoice().key(candidate('maybe (C)', 'length'))).toBeUndefined();
    expect(finalChoice().key(candidate('maybe (C)'))).toBe('C');
  });

  it.each(['', 'ab', 'AA', 'A B', '123'])('refuses the options %j', (options) => {
    expect(() => finalChoice(options)).toThrow(/options must be different capital letters/);
  });

  it('stays quick on hostile texts', () => {
    const started = performance.now();
    for (const piece of ['[', '(A', '\\n', ' ', '*']) extractChoice(`Answer: ${piece.repeat(90_000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is idempotent and stays on offer (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABCDEab().:* \nanswer'.split('')) }), (text) => {
        const letter = extractChoice(text, { options: 'ABCD' });
        if (letter === undefined) return;
        expect('ABCD').toContain(letter);
        expect(extractChoice(letter)).toBe(letter);
      }),
      { numRuns: 500 },
    );
  });
});
