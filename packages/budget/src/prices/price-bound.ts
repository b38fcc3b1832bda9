import { InvalidOptionError, type ModelRef, type Price, UnknownPriceError, type UsageBound } from '@tollgate/sdk';
import { divideUp } from '../money/decimal.ts';
import { moneyOf } from '../money/nano-usd.ts';
import { boundCounts } from './bound-counts.ts';
import { type Factors, largest } from './compiled-entry.ts';
import { rateTokensPerNano } from './parse-rate.ts';
import { peakFactor } from './peak-factor.ts';
import { factorOf, type PriceContext, unknownUnit } from './price-usage.ts';

/**
 * What no usage within the bound can cost more than: all input in the dearest bucket, at the size of request, the
 * tier, the speed and the region that make most of it, wherever the request leaves them open.
 *
 * @param toolCeilingNano nano-dollars for what tools that the provider runs may cost, where the user declared it.
 */
export function priceBound(bound: UsageBound, context: PriceContext, toolCeilingNano: bigint | undefined): Price {
  const { entry, model, atMs, known } = context;
  const { inputTokens, outputTokens } = boundCounts(bound, model);
  // A request that is billed as one may be as long as all of its prompts together.
  const reachable = entry.rates.filter(({ over }) => over === undefined || inputTokens > BigInt(over));
  const tokens = largest(
    reachable.map(
      (rates) =>
        inputTokens * largest([rates.input, rates.cacheRead, rates.dearestWrite]) +
        outputTokens * largest([rates.output, rates.reasoning]),
    ),
  );
  const { tier, speed, region } = bound.asked ?? {};
  const most = (kind: string, name: string | undefined, factors: Factors): bigint =>
    name === undefined ? largest([...factors.values()]) : factorOf({ kind, name }, factors, model);
  const factors = [
    most('tier', tier ?? (entry.tiers.has('auto') ? 'auto' : undefined), entry.tiers),
    most('speed', speed, entry.speeds),
    entry.regions.size === 0 ? 1000n : most('region', region, entry.regions),
    peakFactor(entry.peak, atMs),
  ];
  const factor = factors.reduce((product, times) => product * times, 1n);
  const scale = 1000n ** BigInt(factors.length);
  const units = unitsBound(bound, context, toolCeilingNano);
  return {
    amount: moneyOf(divideUp(tokens * factor + units.rate * scale, rateTokensPerNano * scale) + units.nano),
    known,
  };
}

/** Fees of what is bounded, and the declared ceiling once where something is not. */
function unitsBound(
  { units = {} }: UsageBound,
  { entry, model }: PriceContext,
  ceiling: bigint | undefined,
): { readonly rate: bigint; readonly nano: bigint } {
  let rate = 0n;
  let nano = 0n;
  for (const [unit, most] of Object.entries(units)) {
    if (most === 0) continue;
    const fee = entry.units.get(unit);
    if (most === Infinity) {
      if (ceiling === undefined) throw unbounded(unit, model);
      nano = ceiling;
    } else if (fee === undefined) {
      if (ceiling === undefined) throw unknownUnit(unit, entry, model);
      nano = ceiling;
    } else if (most > 0) {
      rate += BigInt(Math.ceil(most)) * fee;
    } else {
      throw new InvalidOptionError('units', `units.${unit} must be a number in [0, ∞], received ${most}.`);
    }
  }
  return { rate, nano };
}

function unbounded(unit: string, { provider, modelId }: ModelRef): UnknownPriceError {
  return new UnknownPriceError(
    `A call of ${provider}/${modelId} has no highest price: the provider runs "${unit}" as often as the model likes, and bills each use and the tokens it adds. Leave the tool out, or declare what tools may cost per call: createLedger({ priceBook: priceBook({ toolCeilingUsd: … }) }).`,
  );
}
