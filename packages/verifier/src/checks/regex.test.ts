import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { matchPattern } from './regex.ts';

describe('matchPattern', () => {
  it('gives the matched part, or undefined', () => {
    const year = matchPattern('^\\d{4}$', 'm');
    expect(year('Year:\n1969')).toBe('1969');
    expect(year('69')).toBeUndefined();
  });

  it('gives the same answer however often it is asked', () => {
    const digit = matchPattern('\\d');
    expect([digit('1'), digit('1'), digit('1')]).toEqual(['1', '1', '1']);
  });

  it.each(['(', '[', '\\', '*', '(?<a'])('refuses the pattern %j when it is made', (pattern) => {
    expect(() => matchPattern(pattern)).toThrow(InvalidOptionError);
  });

  it.each(['g', 'y', 'x', 'ii'])('refuses the flags %j', (flags) => {
    expect(() => matchPattern('a', flags)).toThrow(/flags must be out of "imsu"/);
  });

  it('refuses a pattern of more than 1,000 characters', () => {
    expect(() => matchPattern('a'.repeat(1001))).toThrow(/1000 characters, received 1001/);
  });

  it('searches the last 100,000 characters only', () => {
    expect(matchPattern('needle')(`needle${'x'.repeat(100_000)}`)).toBeUndefined();
    expect(matchPattern('needle')(`${'x'.repeat(200_000)}needle`)).toBe('needle');
  });
});
