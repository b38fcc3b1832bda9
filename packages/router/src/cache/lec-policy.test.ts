import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lecPolicy } from './lec-policy.ts';

/** What a full cache of one place holds at the end, after every query came as often as tenths of its chance, in turns. */
function keptOf(chances: Record<string, number>, usd: Record<string, number>, places = 1): readonly string[] {
  const policy = lecPolicy(places);
  const kept = new Set<string>();
  for (let round = 0; round < 200; round += 1) {
    for (const [key, chance] of Object.entries(chances)) {
      // Comes in the share of rounds that its chance says.
      if (Math.floor((round + 1) * chance) === Math.floor(round * chance)) continue;
      policy.request(key);
      if (kept.has(key)) continue;
      const { kept: isKept, evicted } = policy.offer(key, { usd: usd[key] ?? 0, size: 1 });
      for (const leaver of evicted) kept.delete(leaver);
      if (isKept) kept.add(key);
    }
  }
  return [...kept].sort();
}

// Four queries, what a small and a large model cost on each, and what the cheaper one costs.
const chances = { a: 0.4, b: 0.3, c: 0.2, d: 0.1 };
const small = { a: 1, b: 1, c: 101, d: 101 };
const large = { a: 101, b: 1, c: 1, d: 101 };
const cheaper = { a: 1, b: 1, c: 1, d: 101 };

/** Expected cost of a request where these queries are kept and the others are made. */
function expectedUsd(kept: readonly string[], usd: Record<string, number>): number {
  return Object.entries(chances).reduce((sum, [key, p]) => sum + (kept.includes(key) ? 0 : p * (usd[key] ?? 0)), 0);
}

describe('lecPolicy', () => {
  it.each([
    ['the cost after routing: weights 0.4, 0.3, 0.2, 10.1', cheaper, ['d'], 0.9],
    // 0.2 · 101 = 20.2 against 0.1 · 101 = 10.1.
    ['the small model alone keeps another one', small, ['c'], 10.8],
    // 0.4 · 101 = 40.4 against 10.1.
    ['the large model alone keeps the most frequent one', large, ['a'], 0.3 + 0.2 + 10.1],
  ])('with one place and %s', (...[, usd, expected, cost]) => {
    expect(keptOf(chances, usd)).toEqual(expected);
    expect(expectedUsd(expected, usd)).toBeCloseTo(cost, 9);
  });

  it('costs that the choices come to: LFU 30.6 and 10.6 with a selector, joint 0.9; the small model with d kept 20.9', () => {
    expect(expectedUsd(['a'], small)).toBeCloseTo(30.6, 9);
    expect(expectedUsd(['a'], cheaper)).toBeCloseTo(10.6, 9);
    expect(expectedUsd(['d'], cheaper)).toBeCloseTo(0.9, 9);
    expect(expectedUsd(['d'], small)).toBeCloseTo(20.9, 9);
  });

  it('replaces only where the new one is worth strictly more', () => {
    const policy = lecPolicy(1);
    policy.request('a');
    policy.offer('a', { usd: 2, size: 1 });
    policy.request('b');
    expect(policy.offer('b', { usd: 2, size: 1 })).toEqual({ kept: false, evicted: [] });
    policy.request('b');
    expect(policy.offer('b', { usd: 2, size: 1 })).toEqual({ kept: true, evicted: ['a'] });
    // What was evicted is remembered: its third request outweighs two.
    policy.request('a');
    expect(policy.offer('a', { usd: 2, size: 1 }).kept).toBe(false);
    policy.request('a');
    expect(policy.offer('a', { usd: 2, size: 1 })).toEqual({ kept: true, evicted: ['b'] });
  });

  it('goes by the mean cost of making an answer', () => {
    const policy = lecPolicy(1);
    for (const usd of [1, 9]) {
      policy.request('a');
      policy.drop('a');
      policy.offer('a', { usd, size: 1 });
    }
    // 2 requests · mean 5 = 10.
    policy.request('b');
    expect(policy.offer('b', { usd: 10, size: 1 }).kept).toBe(false);
    policy.request('c');
    expect(policy.offer('c', { usd: 10.5, size: 1 }).kept).toBe(true);
  });

  it('a large answer needs to be worth more per size than each that has to go, and nothing goes where it is not', () => {
    const policy = lecPolicy(2);
    for (const [key, usd] of [
      ['cheap', 1],
      ['dear', 4],
    ] as const) {
      policy.request(key);
      policy.offer(key, { usd, size: 1 });
    }
    policy.request('large');
    expect(policy.offer('large', { usd: 6, size: 2 })).toEqual({ kept: false, evicted: [] });
    policy.request('other');
    expect(policy.offer('other', { usd: 10, size: 2 })).toEqual({ kept: true, evicted: ['cheap', 'dear'] });
  });

  it('an answer that has become too large for its place goes', () => {
    const policy = lecPolicy(2);
    policy.request('a');
    policy.offer('a', { usd: 1, size: 1 });
    expect(policy.offer('a', { usd: 1, size: 3 })).toEqual({ kept: false, evicted: ['a'] });
    policy.request('b');
    expect(policy.offer('b', { usd: 1, size: 2 })).toEqual({ kept: true, evicted: [] });
  });

  it('an answer that nobody asked for counts as asked for once', () => {
    const policy = lecPolicy(1);
    policy.offer('a', { usd: 1, size: 1 });
    expect(policy.offer('b', { usd: 2, size: 1 })).toEqual({ kept: true, evicted: ['a'] });
  });

  it('forgets requests that came once, and never what is kept or worth most', () => {
    const policy = lecPolicy(1);
    policy.request('kept');
    policy.offer('kept', { usd: 50, size: 1 });
    for (let i = 0; i < 3; i += 1) policy.request('rival');
    policy.offer('rival', { usd: 10, size: 1 });
    for (let i = 0; i < 1000; i += 1) policy.request(`once-${i}`);
    // Remembered: three requests and two more make 50 at 10 each, one more is worth strictly more.
    for (let i = 0; i < 2; i += 1) policy.request('rival');
    expect(policy.offer('rival', { usd: 10, size: 1 }).kept).toBe(false);
    policy.request('rival');
    expect(policy.offer('rival', { usd: 10, size: 1 })).toEqual({ kept: true, evicted: ['kept'] });
  });

  it.each([0, Number.NaN])('a capacity of %s is refused', (capacity) => {
    expect(() => lecPolicy(capacity)).toThrow(InvalidOptionError);
  });

  it('keeps the answers with the largest chance · cost, once it has seen enough (property)', () => {
    const queries = fc.array(
      fc.record({ share: fc.integer({ min: 1, max: 8 }), usd: fc.constantFrom(1, 3, 10, 40, 150) }),
      { minLength: 3, maxLength: 8 },
    );
    fc.assert(
      fc.property(queries, fc.integer({ min: 1, max: 3 }), fc.nat(), (all, places, seed) => {
        const random = createRandom(seed);
        const policy = lecPolicy(places);
        const kept = new Set<number>();
        const counts = all.map(() => 0);
        const bag = all.flatMap(({ share }, i) => Array.from({ length: share }, () => i));
        for (let i = 0; i < 400; i += 1) {
          const key = bag[random.int(bag.length)] ?? 0;
          counts[key] = (counts[key] ?? 0) + 1;
          policy.request(String(key));
          if (kept.has(key)) continue;
          const { kept: isKept, evicted } = policy.offer(String(key), { usd: all[key]?.usd ?? 0, size: 1 });
          for (const leaver of evicted) kept.delete(Number(leaver));
          if (isKept) kept.add(key);
        }
        // Every miss is compared, so nothing outside is worth more than what is kept.
        const worths = all.map(({ usd }, i) => usd * (counts[i] ?? 0));
        const least = Math.min(...[...kept].map((key) => worths[key] ?? 0));
        for (const key of all.keys()) if (!kept.has(key)) expect(worths[key]).toBeLessThanOrEqual(least);
        expect(kept.size).toBe(Math.min(places, counts.filter((count) => count > 0).length));
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
