import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from './parse-csv.ts';

describe('parseCsv', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['', []],
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,\r\n',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      '\uFEFF"a ""b""","c\nd"\n\n,',
      [
        ['a "b"', 'c\nd'],
        ['', ''],
      ],
    ],
  ])('%j', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it('reads back what was written, whatever is in it', () => {
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, (all) => {
        const text = all.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')).join('\n');
        expect(parseCsv(text)).toEqual(all);
      }),
      { seed: 3 },
    );
  });

  it.each(['"a', '"a"b', 'a,"b""'])('refuses %j', (text) => {
    expect(() => parseCsv(text)).toThrow(RangeError);
  });
});
