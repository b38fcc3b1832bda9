import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Balance } from './store.ts';
import { Sums } from './sums.ts';

function sumsOf(changes: readonly Balance[]): Balance {
  const sums = new Sums();
  for (const change of changes) sums.add(change);
  return { settled: sums.settled, held: sums.held, overrun: sums.overrun };
}

function exactly(changes: readonly Balance[]): Balance {
  const sum = (part: keyof Balance): bigint => changes.reduce((total, change) => total + change[part], 0n);
  return { settled: sum('settled'), held: sum('held'), overrun: sum('overrun') };
}

describe('sums', () => {
  it('begin at nothing', () => {
    expect(sumsOf([])).toEqual({ settled: 0n, held: 0n, overrun: 0n });
  });

  it.each([2n ** 53n, 2n ** 62n - 1n, 2n ** 62n, 2n ** 63n, 2n ** 64n, 10n ** 30n, -1n, -(2n ** 63n)])(
    'count %d and take it back',
    (amount) => {
      const change = { settled: 7n, held: amount, overrun: 0n };
      const back = { settled: 0n, held: -amount, overrun: 1n };
      expect(sumsOf([change])).toEqual(change);
      expect(sumsOf([change, change])).toEqual({ settled: 14n, held: 2n * amount, overrun: 0n });
      expect(sumsOf([change, back])).toEqual({ settled: 7n, held: 0n, overrun: 1n });
    },
  );

  it('are exact whatever their size and order', () => {
    const amount = fc.oneof(
      fc.bigInt(0n, 10n ** 12n),
      fc.bigInt(2n ** 61n, 2n ** 64n),
      fc.bigInt(-(2n ** 66n), 2n ** 66n),
    );
    const change = fc.record({ settled: amount, held: amount, overrun: amount });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        expect(sumsOf(changes)).toEqual(exactly(changes));
      }),
      { seed: 13 },
    );
  });
});
