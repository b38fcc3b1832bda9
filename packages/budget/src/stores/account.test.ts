import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from './account.ts';

const key = { kind: 'user', id: 'ada', dimension: 'usd', per: 'rolling:60000' } as const;

function settledIn(account: Account, from: number, to: number): bigint {
  return account.sums({ from, to }).settled;
}

describe('an account', () => {
  it('has one slice for each start, by their start', () => {
    const account = new Account(key);
    for (const start of [5, 1, 9, 5, 3]) account.slice(start);
    expect(account.slices().map(({ start }) => start)).toEqual([1, 3, 5, 9]);
    expect(account.slices({ from: 3, to: 5 }).map(({ start }) => start)).toEqual([3, 5]);
    expect(account.slice(3)).toBe(account.slice(3));
    account.clear();
    expect(account.slices()).toEqual([]);
  });

  it('adds up the slices of a span, whatever was added to which of them since it was last asked', () => {
    const start = fc.integer({ min: 0, max: 12 });
    const step = fc.oneof(
      fc.record({ start, amount: fc.bigInt(-50n, 50n) }),
      fc.tuple(start, start).map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const account = new Account(key);
        const added: { readonly start: number; readonly amount: bigint }[] = [];
        for (const each of steps) {
          if ('amount' in each) {
            account.add(account.slice(each.start), { settled: each.amount, held: 0n, overrun: 0n });
            added.push(each);
            continue;
          }
          const counted = added.filter((one) => one.start >= each.from && one.start <= each.to);
          expect(settledIn(account, each.from, each.to)).toBe(counted.reduce((sum, { amount }) => sum + amount, 0n));
        }
      }),
      { seed: 14 },
    );
  });

  it('forgets its sums when it is cleared', () => {
    const account = new Account(key);
    account.add(account.slice(1), { settled: 5n, held: 0n, overrun: 0n });
    expect(settledIn(account, 0, 2)).toBe(5n);
    account.clear();
    expect(settledIn(account, 0, 2)).toBe(0n);
  });
});
