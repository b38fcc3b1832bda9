import type { AnswerCheck } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { answerKeyFor } from './answer-key-for.ts';
import { checkAnswer } from './check-answer.ts';
import { extractJson, finalJson } from './json-answer.ts';

const checks: readonly AnswerCheck[] = [
  { kind: 'number', answer: 1 },
  { kind: 'number', answer: 1, unit: 'm' },
  { kind: 'set', answer: '1, 2' },
  { kind: 'expression', answer: 'x + 1' },
  { kind: 'text', answer: 'moon' },
  { kind: 'choice', answer: 'A' },
  { kind: 'exact', answer: 'A' },
];

/** Pieces that parsers and patterns stumble over when they are repeated. */
const pieces = [
  '(',
  '{',
  '\\{',
  '[',
  '|',
  '"',
  "'",
  '`',
  '$',
  '$$',
  '\\(',
  '\\',
  '\\\\',
  '**',
  '_',
  '#### 1',
  '```\n',
  '{"',
  '[{"a":',

  '1,',
  '1/',
  '9',
  '1+',
  '-',
  '^',
  '2^',
  '2^{',
  '1e9',
  '1 2 ',
  '12:',
  '.',
  '%',
  '°',
  '½',
  '²',
  '=',
  'x=',
  'x = 1, ',

  '√',
  '\\pi ',
  '\\frac{',
  '\\sqrt[',
  '\\text{',
  '\\text{a}^',
  '\\sin ',
  'sin',
  '\\pm',
  '1\\pm',
  '\\left(',
  '{,}',
  '1{,}000',

  'answer: ',
  'Answer: (',
  '\\boxed{',
  '\\boxed{1}',
  ' and ',
  ' or',
  ' is: ',
  'the ',
  ' ',
  '\n',
  '\t ',
  ' \n',
  'a',
  'A ',
  '((1,2),',
  '\\begin{pmatrix}',
  '5 km/h ',
  'square ',
  'per cent ',
  '😀',
  '\ud800',
  '\u0301',
];
const surroundings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `Answer: ${text}`,
  (text) => `\\boxed{${text}}`,
];

/** Every eighth piece: what is repeated hardly matters once a text is a hundred times longer than a pattern. */
const fewPieces = pieces.filter((_, i) => i % 8 === 0);

describe('hostile texts', () => {
  it('of a million characters are read in seconds at most', () => {
    for (const piece of fewPieces) {
      const text = `Answer: ${piece.repeat(Math.ceil(1_000_000 / piece.length))}`;
      const started = performance.now();
      for (const check of checks) checkAnswer(check, text);
      extractJson(text);
      // One pattern that backtracks over 100,000 characters takes minutes.
      expect(performance.now() - started, piece).toBeLessThan(10_000);
    }
  }, 120_000);

  it.each(surroundings.map((around) => [around('…'), around] as const))(
    'of a length that is still read as a formula or a list: %s',
    (_shape, around) => {
      for (const piece of pieces) {
        for (const size of [990, 4900]) {
          const text = around(piece.repeat(Math.floor(size / piece.length)));
          const started = performance.now();
          for (const check of checks) checkAnswer(check, text);
          expect(performance.now() - started, piece).toBeLessThan(5000);
        }
      }
    },
    120_000,
  );

  it('never make a check or a key fail (property)', () => {
    const text = fc
      .array(
        fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 5 }), fc.integer().map(String)),
        {
          maxLength: 40,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom('eos', 'length'), (said, by) => {
        const answer = candidate(said, by);
        for (const check of checks) {
          const { passed, answer: found } = checkAnswer(check, answer);
          expect(passed && found === undefined).toBe(false);
          answerKeyFor(check).key(answer);
        }
        finalJson().key(answer);
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});
