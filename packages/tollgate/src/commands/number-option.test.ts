import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { collected, dollars, wholeNumber, wholeRange } from './number-option.ts';

describe('dollars', () => {
  it.each([
    ['0.5', 0.5],
    ['$2', 2],
    ['1e-6', 0.000001],
    ['1e-9', 1e-9],
  ])('reads %s', (text, usd) => expect(dollars(text)).toBe(usd));

  it.each(['', ' ', '0', '-1', '1e-12', 'NaN', 'Infinity', 'five', '1,5', '$'])('refuses %j', (text) => {
    expect(() => dollars(text)).toThrow(InvalidArgumentError);
    expect(() => dollars(text)).toThrow(`Expected US dollars above 0, for example 0.50; received "${text}".`);
  });
});

describe('wholeNumber', () => {
  it('reads whole numbers from the lowest on', () => {
    expect(wholeNumber(0)('0')).toBe(0);
    expect(wholeNumber(1)('12')).toBe(12);
  });

  it.each(['', '0', '-3', '1.5', 'x', '1e400', '9007199254740993'])('refuses %j', (text) => {
    expect(() => wholeNumber(1)(text)).toThrow(`Expected a whole number of 1 or more; received "${text}".`);
  });
});

describe('wholeRange', () => {
  it.each([
    ['1..5', [1, 5]],
    ['3', [3, 3]],
    ['-4..-2', [-4, -2]],
  ])('reads %s', (text, range) => expect(wholeRange(text)).toEqual(range));

  it.each(['', '1-5', '1..', '..5', '1.5', 'a..b'])('refuses %j', (text) => {
    expect(() => wholeRange(text)).toThrow(`Expected a range such as 1..5; received "${text}".`);
  });
});

it('collects an option that is given several times', () => {
  expect(collected('b', collected('a'))).toEqual(['a', 'b']);
});
