import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderRows } from './order-rows.ts';

describe('orderRows', () => {
  it('puts pairs together and samples in order', () => {
    const { rows, firsts } = orderRows([1, 0, 1, 0], [4, 7, 2, 1], 2);
    expect([...rows]).toEqual([3, 1, 2, 0]);
    expect([...firsts]).toEqual([0, 2, 4]);
  });

  it('takes no rows, and pairs without rows', () => {
    expect([...orderRows([], [], 0).firsts]).toEqual([0]);
    expect([...orderRows([2], [0], 4).firsts]).toEqual([0, 0, 0, 1, 1]);
  });

  it('equals a stable sort by pair and sample', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(4))), (keys) => {
        const { rows } = orderRows(
          keys.map(([pair]) => pair),
          keys.map(([, sample]) => sample),
          5,
        );
        const expected = keys
          .map((key, row) => ({ key, row }))
          .toSorted((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1]);
        expect([...rows]).toEqual(expected.map(({ row }) => row));
      }),
    );
  });
});
