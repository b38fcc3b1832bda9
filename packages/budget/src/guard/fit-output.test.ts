import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitOutput } from './fit-output.ts';

it('finds the largest cap that the money buys', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(50), fc.nat(9)),
      ([floorTokens, more, spareNano, perToken]) => {
        const priceNano = (tokens: number): bigint => 7n + BigInt(Math.floor((tokens * perToken) / 4));
        const moneyNano = priceNano(floorTokens) + BigInt(spareNano);
        const askedTokens = floorTokens + more;
        const tokens = fitOutput({ floorTokens, askedTokens, fits: (cap) => priceNano(cap) <= moneyNano });
        expect(tokens >= floorTokens && tokens <= askedTokens).toBe(true);
        expect(priceNano(tokens) <= moneyNano).toBe(true);
        if (tokens < askedTokens) expect(priceNano(tokens + 1) > moneyNano).toBe(true);
      },
    ),
    { seed: 7, numRuns: 2000 },
  );
});

it('gives the floor where nothing above it fits, and everything where all of it does', () => {
  const upTo =
    (most: number) =>
    (tokens: number): boolean =>
      tokens <= most;
  expect(fitOutput({ floorTokens: 32, askedTokens: 32, fits: upTo(32) })).toBe(32);
  expect(fitOutput({ floorTokens: 32, askedTokens: 1000, fits: upTo(32) })).toBe(32);
  expect(fitOutput({ floorTokens: 1, askedTokens: 1000, fits: upTo(10_000) })).toBe(1000);
});
