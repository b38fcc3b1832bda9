import { InvalidOptionError, UnknownPriceError, type UsageBound } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { hardware } from './hardware.ts';

const model = { provider: 'llama-cpp', modelId: 'small' };
const desktop = hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 });
const bound: UsageBound = {
  inputTokens: 100,
  inputKnown: 'proved',
  outputTokensPerSample: 50,
  samples: 4,
  promptBilledOnce: true,
};

describe('hardware', () => {
  it('charges rent and energy by measured engine time', () => {
    // 0.12 + 0.065 × 0.3 = 0.1395 USD an hour
    expect(desktop.priceOf({ engineSeconds: 3600 }, model, 0)).toEqual({
      amount: { usd: 0.1395, nanoUsd: '139500000' },
      known: 'override',
    });
    // 1 s is 38,750 nano-dollars exactly
    expect(desktop.priceOf({ engineSeconds: 1 }, model, 0).amount.nanoUsd).toBe('38750');
    expect(desktop.priceOf({ engineSeconds: 0 }, model, 0).amount.nanoUsd).toBe('0');
  });

  it('rounds up once: to the microsecond, then to the nano-dollar', () => {
    expect(desktop.priceOf({ engineSeconds: 1e-9 }, model, 0).amount.nanoUsd).toBe('1');
    expect(desktop.priceOf({ engineSeconds: 1.1 }, model, 0).amount.nanoUsd).toBe('42625');
    // A third of a cent an hour has no finite decimal a second; the sum over an hour is still exact.
    const thirds = hardware({ usdPerHour: 0.01, watts: 0, usdPerKwh: 0 });
    expect(thirds.priceOf({ engineSeconds: 3600 }, model, 0).amount.nanoUsd).toBe('10000000');
  });

  it('bounds time by the slowest speed, the prompt ten times as fast and once', () => {
    // 100 / 20 + 4 × 50 / 2 = 105 s
    expect(desktop.upperBound(bound, model, 0).amount.nanoUsd).toBe(String(105 * 38_750));
    // 4 × 100 / 20 + 100 = 120 s
    expect(desktop.upperBound({ ...bound, promptBilledOnce: false }, model, 0).amount.nanoUsd).toBe(
      String(120 * 38_750),
    );
    const fast = hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3, slowestTokensPerSecond: 20 });
    expect(fast.upperBound(bound, model, 0).amount.nanoUsd).toBe(String(10.5 * 38_750));
  });

  it.each([undefined, Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'refuses engineSeconds %s instead of pricing it',
    (engineSeconds) => {
      expect(() =>
        desktop.priceOf({ outputText: 5, ...(engineSeconds !== undefined && { engineSeconds }) }, model, 0),
      ).toThrow(UnknownPriceError);
    },
  );

  it('refuses a bound that bounds nothing, with the way out', () => {
    expect(() => desktop.upperBound({ ...bound, outputTokensPerSample: Infinity }, model, 0)).toThrow(
      /Set maxOutputTokens/,
    );
    expect(() => desktop.upperBound({ ...bound, inputTokens: Infinity }, model, 0)).toThrow(/contextTokens/);
  });

  it.each([
    ['usdPerHour', { usdPerHour: -1, watts: 1, usdPerKwh: 1 }],
    ['watts', { usdPerHour: 1, watts: Number.NaN, usdPerKwh: 1 }],
    ['usdPerKwh', { usdPerHour: 1, watts: 1, usdPerKwh: Infinity }],
    ['slowestTokensPerSecond', { usdPerHour: 1, watts: 1, usdPerKwh: 1, slowestTokensPerSecond: 0 }],
  ])('refuses a bad %s', (option, options) => {
    expect(() => hardware(options)).toThrow(InvalidOptionError);
    expect(() => hardware(options)).toThrow(new RegExp(`^${option} must be`));
  });
});
