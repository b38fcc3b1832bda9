import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  it.each([
    ['nmuber', 'number'],
    ['Regexp', 'regex'],
    ['coice', 'choice'],
    ['exact', 'exact'],
  ])('takes %j for %j', (given, expected) => {
    expect(nearestName(given, ['number', 'exact', 'regex', 'choice'])).toBe(expected);
  });

  it('offers nothing where every name is far off, or there is none', () => {
    expect(nearestName('temperature', ['number', 'exact'])).toBeUndefined();
    expect(nearestName('ab', ['cd'])).toBeUndefined();
    expect(nearestName('small', [])).toBeUndefined();
  });

  it('takes the earliest of equally near names', () => {
    expect(nearestName('cat', ['bat', 'hat'])).toBe('bat');
  });
});
