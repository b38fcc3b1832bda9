import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatUsd } from './format-usd.ts';
import { moneyOf } from './nano-usd.ts';

it.each([
  [0n, '$0.00'],
  [12_340_000_000n, '$12.34'],
  [500_000_000n, '$0.50'],
  [99_900_000n, '$0.10'],
  [14_900_000n, '$0.015'],
  [10_000_000n, '$0.01'],
  [1_200_000n, '$0.0012'],
  [700_000n, '$0.0007'],
  [34_000n, '$0.000034'],
  [1n, '$0.000000001'],
  [1_234_567_890_123n, '$1234.57'],
  [-500_000_000n, '-$0.50'],
])('writes %d nano-dollars as %s', (nano, text) => {
  expect(formatUsd(nano)).toBe(text);
  expect(formatUsd(moneyOf(nano))).toBe(text);
});

it('never shows a positive amount as nothing, and stays within 5 % of it', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 15n), (nano) => {
      const shown = Number(formatUsd(nano).slice(1));
      expect(Math.abs(shown / (Number(nano) / 1e9) - 1)).toBeLessThanOrEqual(0.0500001);
    }),
    { seed: 3, numRuns: 1000 },
  );
});
