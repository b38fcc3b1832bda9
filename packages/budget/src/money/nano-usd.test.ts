import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyOf, nanoFromUsd, nanoOf } from './nano-usd.ts';

describe('nanoFromUsd', () => {
  it.each([
    [0, 0n],
    [0.1, 100_000_000n],
    [0.00034, 340_000n],
    [585.21, 585_210_000_000n],
    [1e-9, 1n],
    [1e-10, 1n],
    [1.0000000001, 1_000_000_001n],
    [1.5e21, 1_500_000_000_000_000_000_000_000_000_000n],
    [5e-324, 1n],
  ])('turns %d into %d nano-dollars', (usd, nano) => {
    expect(nanoFromUsd(usd)).toBe(nano);
  });

  it.each([-0.01, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d and names the option', (usd) => {
    expect(() => nanoFromUsd(usd, 'budget')).toThrow(InvalidOptionError);
    expect(() => nanoFromUsd(usd, 'budget')).toThrow(/^budget must be an amount of US dollars in \[0, ∞\), received/);
  });

  it('adds up without drift where doubles do not', () => {
    const part = nanoFromUsd(0.1);
    let total = 0n;
    let drifting = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      total += part;
      drifting += 0.1;
    }
    expect(total).toBe(nanoFromUsd(100_000));
    expect(drifting).not.toBe(100_000);
  });

  it('splits and adds up again exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 10n ** 15n)), (parts) => {
        const total = parts.reduce((sum, part) => sum + part, 0n);
        const viaJson = parts.map((part) => nanoOf(JSON.parse(JSON.stringify(moneyOf(part)))));
        expect(viaJson.reduce((sum, part) => sum + part, 0n)).toBe(total);
      }),
      { seed: 1 },
    );
  });

  it('never rounds down, and never up by a whole nano-dollar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 14 }), (units, digits) => {
        const nano = nanoFromUsd(Number(`${units}e-${digits}`));
        const exactScaled = BigInt(units) * 10n ** 9n;
        const scale = 10n ** BigInt(digits);
        expect(nano * scale >= exactScaled && (nano - 1n) * scale < exactScaled).toBe(true);
      }),
      { seed: 2 },
    );
  });
});

describe('moneyOf and nanoOf', () => {
  it('gives the nearest double beside the exact digits', () => {
    expect(moneyOf(340_000n)).toEqual({ usd: 0.00034, nanoUsd: '340000' });
    expect(moneyOf(123_456_789_012_345_678n).usd).toBe(123_456_789.012345678);
  });

  it('gives the double nearest to the digits, also beyond those that doubles keep', () => {
    const amount = fc.oneof(fc.bigInt(-(2n ** 54n), 2n ** 54n), fc.bigInt(0n, 10n ** 19n), fc.bigInt(0n, 10n ** 9n));
    fc.assert(
      fc.property(amount, (nano) => {
        expect(moneyOf(nano)).toEqual({ usd: Number(`${nano}e-9`), nanoUsd: String(nano) });
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  it.each(['', '1.5', '0x10', ' 1', 'NaN'])('refuses nanoUsd %j', (nanoUsd) => {
    expect(() => nanoOf({ usd: 1, nanoUsd })).toThrow(/nanoUsd must be whole nano-dollars/);
  });
});
