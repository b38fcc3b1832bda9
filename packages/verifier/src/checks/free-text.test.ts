import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { extractFreeText, finalFreeText, freeTextsAgree, normalizeText } from './free-text.ts';

describe('normalizeText', () => {
  // The first rows are what the published script gives for them, by its rule: lower, punctuation, articles, blanks.
  it.each([
    ['The Denver Broncos', 'denver broncos'],
    ['a  cat, an owl!', 'cat owl'],
    ['twenty-one', 'twentyone'],
    ["Moses' law", 'moses law'],
    ['theatre', 'theatre'],
    ['U.S.A.', 'usa'],
    ['The', ''],
    ['ﬁne', 'fine'],
    ['Ｔｏｋｙｏ', 'tokyo'],
    ['“Les Misérables”', 'les misérables'],
    ['Cafe\u0301', 'café'],
    ['non\u00a0breaking', 'non breaking'],
    ['', ''],
  ])('%j is %j', (text, expected) => {
    expect(normalizeText(text)).toBe(expected);
  });

  it('of an ASCII text is the published rule (property)', () => {
    // Written from the rule as published, step by step.
    const published = (text: string): string => {
      const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');
      const bare = Array.from(text.toLowerCase())
        .filter((character) => !punctuation.has(character))
        .join('');
      return bare
        .replace(/\b(a|an|the)\b/g, ' ')
        .split(/\s+/)
        .filter((word) => word !== '')
        .join(' ');
    };
    const words = fc
      .array(fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.constantFrom('a', 'An', 'THE', '-the', 'x')))
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(words, (text) => {
        expect(normalizeText(text)).toBe(published(text));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('extractFreeText', () => {
  it.each([
    ['Paris', 'paris'],
    ['  In\n Paris. ', 'in paris'],
    ['Thinking...\n**Answer:** The moon.', 'moon'],
    ['The answer is Ada Lovelace.', 'ada lovelace'],
    ['\\boxed{\\text{Ada}}', 'ada'],
    ['\\boxed{\\text{Ada}}. I checked the answer: it is right.', 'ada'],
    ['Answer: The', undefined],
    ['', undefined],
  ])('%j gives %s', (text, expected) => {
    expect(extractFreeText(text)).toBe(expected);
  });

  it('takes from a cut text only what it had finished saying', () => {
    expect(extractFreeText('Paris', { cut: true })).toBeUndefined();
    expect(extractFreeText('Answer: Par', { cut: true })).toBeUndefined();
    expect(extractFreeText('Answer: Paris\nas', { cut: true })).toBe('paris');
    expect(finalFreeText().key(candidate('Paris', 'aborted'))).toBeUndefined();
    expect(finalFreeText().key(candidate('Answer: the PARIS'))).toBe('paris');
  });
});

describe('freeTextsAgree', () => {
  it.each([
    ['The Moon', 'moon!', true],
    ['\\text{east}', 'East', true],
    ['moon', 'sun', false],
    ['the', 'a', false],
    ['', '', false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(freeTextsAgree(a, b)).toBe(expected);
  });
});
