import { describe, expect, it } from 'vitest';
import { countOf, fieldsOf, listOf, parsedJson, textOf } from './json-fields.ts';

describe('hand checks', () => {
  it.each([[null], [undefined], [[1]], ['x'], [3]])('take %j for no object', (value) => {
    expect(fieldsOf(value)).toBeUndefined();
  });

  it.each([
    [0, 0],
    [7, 7],
    [-1, undefined],
    [1.5, undefined],
    ['7', undefined],
    [null, undefined],
  ])('read %j as the count %j', (value, count) => {
    expect(countOf(value)).toBe(count);
  });

  it('read what is no list as an empty one, and what is no text as absent', () => {
    expect(listOf({ length: 3 })).toEqual([]);
    expect(textOf(3)).toBeUndefined();
    expect(textOf('')).toBe('');
  });

  it('take text that is no JSON for nothing', () => {
    expect(parsedJson('{"a":[1]}')).toEqual({ a: [1] });
    expect(parsedJson('null')).toBeNull();
    expect(parsedJson('')).toBeUndefined();
    expect(parsedJson('[DONE]')).toBeUndefined();
  });
});
