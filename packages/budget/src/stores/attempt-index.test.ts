import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttemptIndex } from './attempt-index.ts';

function indexed(ids: readonly string[]): AttemptIndex {
  const index = new AttemptIndex((row) => ids[row] as string);
  for (const [row, id] of ids.entries()) index.add(id, row);
  return index;
}

describe('an index of attempts', () => {
  it('finds nothing while it is empty', () => {
    expect(indexed([]).find('a')).toBeUndefined();
    expect(indexed([]).find('')).toBeUndefined();
  });

  it('finds what a map finds, however alike the ids are', () => {
    const id = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.tuple(fc.constantFrom('root', 'root.1', ''), fc.integer({ min: 0, max: 60 })).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 200 }), fc.array(id, { maxLength: 50 }), (ids, others) => {
        const index = indexed(ids);
        const rows = new Map(ids.map((each, row) => [each, row]));
        for (const each of [...ids, ...others]) expect(index.find(each)).toBe(rows.get(each));
      }),
      { seed: 11 },
    );
  });

  it('keeps finding while it grows', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `4f6f1b7e-${n >> 4}.${n % 16}`);
    const index = indexed(ids);
    expect(ids.filter((id, row) => index.find(id) !== row)).toEqual([]);
    expect(ids.filter((id) => index.find(`${id}.1`) !== undefined)).toEqual([]);
  });

  it('adds under its own name what was not looked for last', () => {
    const ids = ['one', 'other'];
    const index = new AttemptIndex((row) => ids[row] as string);
    index.find('other');
    index.add('one', 0);
    index.find('one');
    index.add('other', 1);
    expect([index.find('one'), index.find('other')]).toEqual([0, 1]);
  });
});
