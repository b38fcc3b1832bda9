import { InvalidOptionError, type JsonObject } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { declaredCeiling } from './declared-ceiling.ts';
import { hardware } from './hardware.ts';
import { perToken } from './per-token.ts';
import { pricingFromDeclaration } from './pricing-from-declaration.ts';

const model = { provider: 'any', modelId: 'any' };
const usage = { inputUncached: 10, cacheRead: 20, outputText: 7, engineSeconds: 1.5 };

describe('pricingFromDeclaration', () => {
  it.each([
    hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3, slowestTokensPerSecond: 5 }),
    perToken({ inputUsdPerMillion: 2, outputUsdPerMillion: 10, cacheReadUsdPerMillion: 0.2 }),
    declaredCeiling({ usdPerCall: 0.02 }),
  ])('rebuilds $declaration.kind from its JSON', (pricing) => {
    const rebuilt = pricingFromDeclaration(JSON.parse(JSON.stringify(pricing.declaration)));
    expect(rebuilt.declaration).toEqual(pricing.declaration);
    expect(rebuilt.priceOf(usage, model, 0)).toEqual(pricing.priceOf(usage, model, 0));
  });

  it('leaves out what has a default', () => {
    const rebuilt = pricingFromDeclaration({ kind: 'hardware', usdPerHour: 1, watts: 0, usdPerKwh: 0 });
    expect(rebuilt.declaration['slowestTokensPerSecond']).toBe(2);
  });

  it.each<[JsonObject, RegExp]>([
    [{ kind: 'barter' }, /"per-token", "declared-ceiling", "price-table" or "imputed", received "barter"/],
    [{}, /received undefined/],
    [{ kind: 'declared-ceiling' }, /needs usdPerCall, which is missing/],
    [{ kind: 'declared-ceiling', usdPerCall: '0.02' }, /usdPerCall must be a number, received "0.02"/],
    [{ kind: 'declared-ceiling', usdPerCall: 1, usdPerMonth: 2 }, /no field "usdPerMonth"/],
    [{ kind: 'declared-ceiling', usdPerCall: -1 }, /usdPerCall must be an amount/],
  ])('refuses %j', (declaration, message) => {
    expect(() => pricingFromDeclaration(declaration)).toThrow(InvalidOptionError);
    expect(() => pricingFromDeclaration(declaration)).toThrow(message);
  });
});
