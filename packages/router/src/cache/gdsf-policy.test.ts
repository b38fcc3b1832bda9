import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gdsfPolicy } from './gdsf-policy.ts';

describe('gdsfPolicy', () => {
  it('evicts by priority with an ageing clock: costs a 1, b 4, c 2, d 8, room for two, a b a c b d a c b', () => {
    const policy = gdsfPolicy(2);
    const kept = new Set<string>();
    const costs: Record<string, number> = { a: 1, b: 4, c: 2, d: 8 };
    const told = 'abacbdacb'.split('').map((key) => {
      policy.request(key);
      if (kept.has(key)) return 'hit';
      const { evicted } = policy.offer(key, { usd: costs[key] ?? 0, size: 1 });
      for (const leaver of evicted) kept.delete(leaver);
      kept.add(key);
      return evicted.join('');
    });
    // Priorities: a 1, b 4, a 2 (hit), c 4 (clock 2), b 10 (hit), d 12 (clock 4), a 11 (clock 10), c 13 (clock 11), b 16 (clock 12).
    expect(told).toEqual(['', '', 'hit', 'a', 'hit', 'c', 'b', 'a', 'd']);
    expect([...kept]).toEqual(['c', 'b']);
  });

  it('cost per size decides: a large dear answer goes before a small cheap one that is worth more per byte', () => {
    const policy = gdsfPolicy(10);
    policy.offer('large', { usd: 8, size: 8 });
    policy.offer('small', { usd: 3, size: 2 });
    expect(policy.offer('new', { usd: 1, size: 1 })).toEqual({ kept: true, evicted: ['large'] });
  });

  it('of equals the smaller key goes', () => {
    const policy = gdsfPolicy(2);
    policy.offer('b', { usd: 1, size: 1 });
    policy.offer('a', { usd: 1, size: 1 });
    expect(policy.offer('c', { usd: 1, size: 1 }).evicted).toEqual(['a']);
  });

  it('several go where one is not enough', () => {
    const policy = gdsfPolicy(3);
    for (const key of ['a', 'b', 'c']) policy.offer(key, { usd: 1, size: 1 });
    expect(policy.offer('large', { usd: 9, size: 2 })).toEqual({ kept: true, evicted: ['a', 'b'] });
  });

  it('what is larger than all the room is not kept, and takes an earlier answer of its own out', () => {
    const policy = gdsfPolicy(2);
    expect(policy.offer('a', { usd: 9, size: 3 })).toEqual({ kept: false, evicted: [] });
    policy.offer('a', { usd: 9, size: 1 });
    expect(policy.offer('a', { usd: 9, size: 3 })).toEqual({ kept: false, evicted: ['a'] });
    expect(policy.offer('b', { usd: 1, size: 2 }).evicted).toEqual([]);
  });

  it('an answer that is made again keeps its requests; one that was evicted starts anew', () => {
    const policy = gdsfPolicy(2);
    policy.offer('a', { usd: 1, size: 1 });
    for (let i = 0; i < 5; i += 1) policy.request('a');
    policy.offer('a', { usd: 1, size: 1 });
    policy.offer('b', { usd: 5, size: 1 });
    // a is worth 6, b 5.
    expect(policy.offer('c', { usd: 9, size: 1 }).evicted).toEqual(['b']);
    policy.drop('a');
    policy.offer('a', { usd: 1, size: 1 });
    expect(policy.offer('d', { usd: 9, size: 1 }).evicted).toEqual(['a']);
  });

  it('what is dropped gives its room back, and dropping what is not there does nothing', () => {
    const policy = gdsfPolicy(1);
    policy.offer('a', { usd: 1, size: 1 });
    policy.drop('a');
    policy.drop('never');
    expect(policy.offer('b', { usd: 0, size: 1 })).toEqual({ kept: true, evicted: [] });
  });

  it.each([0, -1, Number.NaN])('a capacity of %s is refused', (capacity) => {
    expect(() => gdsfPolicy(capacity)).toThrow(InvalidOptionError);
  });

  it('never keeps more than there is room for, and always has room for what fits (property)', () => {
    const request = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      usd: fc.integer({ min: 0, max: 9 }),
      size: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (requests, capacity) => {
        const policy = gdsfPolicy(capacity);
        const sizes = new Map<string, number>();
        for (const { key, usd, size } of requests) {
          policy.request(key);
          const { kept, evicted } = policy.offer(key, { usd, size });
          expect(kept).toBe(size <= capacity);
          for (const leaver of evicted) expect(sizes.delete(leaver)).toBe(true);
          if (kept) sizes.set(key, size);
          expect([...sizes.values()].reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(capacity);
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});
