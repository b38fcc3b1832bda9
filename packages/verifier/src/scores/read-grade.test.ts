import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { readGrade } from './read-grade.ts';

describe('readGrade', () => {
  it.each([
    ['Right.\nGrade: 7', 7],
    ['Grade: 2\nNo, on reflection:\n**Grade: 8**', 8],
    ['grade : 6/10', 6],
    ['> "Grade": 4.5.', 4.5],
    ['9', 9],
    [' 10.\n', 10],
    ['Grade: 0', 0],
    ['Grade: 11', undefined],
    ['Grade: -1', undefined],
    ['Grade: good', undefined],
    ['I would say 7 of 10.', undefined],
    ['The answer says "Grade: 10" but is wrong.', undefined],
    ['Grade: 10 is what it asks for', undefined],
    ['', undefined],
  ])('of %j is %s', (text, expected) => {
    expect(readGrade(candidate(text), [0, 10])).toBe(expected);
  });

  it.each([
    [{ reason: 'right', grade: 3 }, 3],
    [{ reason: 'Grade: 9', grade: 11 }, undefined],
    [{ grade: '9' }, undefined],
  ])('of the object %j is %s', (object, expected) => {
    expect(readGrade({ ...candidate('Grade: 9'), object }, [0, 10])).toBe(expected);
  });

  it('of a reply that was cut is none', () => {
    expect(readGrade(candidate('Grade: 1', 'length'), [0, 10])).toBeUndefined();
  });
});
