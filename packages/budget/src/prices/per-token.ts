import { type ModelRef, type Pricing, UnknownPriceError, type Usage } from '@tollgate/sdk';
import { divideUp } from '../money/decimal.ts';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import { boundCounts } from './bound-counts.ts';

/** Prices in US dollars per million tokens. */
export interface PerTokenOptions {
  /** Range [0, ∞). */
  readonly inputUsdPerMillion: number;
  /** Reasoning is billed as output. Range [0, ∞). */
  readonly outputUsdPerMillion: number;
  /** Range [0, ∞). @defaultValue inputUsdPerMillion */
  readonly cacheReadUsdPerMillion?: number;
  /** For every lifetime: state the dearest one in use. Range [0, ∞). @defaultValue inputUsdPerMillion */
  readonly cacheWriteUsdPerMillion?: number;
}

const million = 1_000_000n;

/**
 * Prices a hosted model by its tokens, the same for every tier and every length.
 *
 * `inputUncached` and `outputText` must be known wherever they could cost something. Providers leave out buckets they
 * do not have, so an undefined `cacheRead`, `cacheWrite` or `outputReasoning` beside them counts as not consumed: the
 * adapter that split the total has put those tokens into the known bucket. Units billed apart (searches, images) have
 * no price here.
 *
 * @throws InvalidOptionError when a price is outside its range. Its `priceOf` throws UnknownPriceError where a bucket or
 * the price of a unit is unknown.
 * @example
 * const price = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.5, cacheReadUsdPerMillion: 0.01 });
 */
export function perToken(options: PerTokenOptions): Pricing {
  const { inputUsdPerMillion, outputUsdPerMillion } = options;
  const { cacheReadUsdPerMillion = inputUsdPerMillion, cacheWriteUsdPerMillion = inputUsdPerMillion } = options;
  const input = nanoFromUsd(inputUsdPerMillion, 'inputUsdPerMillion');
  const output = nanoFromUsd(outputUsdPerMillion, 'outputUsdPerMillion');
  const cacheRead = nanoFromUsd(cacheReadUsdPerMillion, 'cacheReadUsdPerMillion');
  const cacheWrite = nanoFromUsd(cacheWriteUsdPerMillion, 'cacheWriteUsdPerMillion');
  const dearestInput = [input, cacheRead, cacheWrite].reduce((dearest, price) => (price > dearest ? price : dearest));
  return {
    priceOf: (usage, model) => {
      refuseUnits(usage.units, model);
      const inputTokens = tokens('inputUncached', usage.inputUncached ?? (dearestInput === 0n ? 0 : undefined), model);
      const outputTokens = tokens('outputText', usage.outputText ?? (output === 0n ? 0 : undefined), model);
      const nanoMillionths =
        inputTokens * input +
        tokens('cacheRead', usage.cacheRead ?? 0, model) * cacheRead +
        tokens('cacheWrite.total', usage.cacheWrite?.total ?? 0, model) * cacheWrite +
        (outputTokens + tokens('outputReasoning', usage.outputReasoning ?? 0, model)) * output;
      return { amount: moneyOf(divideUp(nanoMillionths, million)), known: 'override' };
    },
    upperBound: (bound, model) => {
      refuseUnits(bound.units, model);
      const { inputTokens, outputTokens } = boundCounts(bound, model);
      return {
        amount: moneyOf(divideUp(inputTokens * dearestInput + outputTokens * output, million)),
        known: 'override',
      };
    },
    declaration: {
      kind: 'per-token',
      inputUsdPerMillion,
      outputUsdPerMillion,
      cacheReadUsdPerMillion,
      cacheWriteUsdPerMillion,
    },
  };
}

function tokens(bucket: string, value: number | undefined, model: ModelRef): bigint {
  if (value !== undefined && value >= 0 && value < Infinity) return BigInt(Math.ceil(value));
  throw new UnknownPriceError(
    `${model.provider}/${model.modelId} is priced per token, and the usage says ${bucket}: ${value}. A bucket that may cost something must be a number of tokens.`,
  );
}

function refuseUnits(units: Usage['units'], model: ModelRef): void {
  for (const [unit, value] of Object.entries(units ?? {})) {
    if (value === 0) continue;
    throw new UnknownPriceError(
      `${model.provider}/${model.modelId} bills "${unit}" apart from tokens, and perToken has no price for it. Declare what a call costs at most: declaredCeiling({ usdPerCall: … }).`,
    );
  }
}
