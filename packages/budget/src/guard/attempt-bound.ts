import type { ModelRef, Pricing, SpendAsk, UsageBound } from '@tollgate/sdk';
import { mostOf } from '../ledger/limits.ts';
import { nanoOf } from '../money/nano-usd.ts';
import { askedOf } from './asked-of.ts';

/** No answer is longer. Stands in where nothing limits the output, to see whether the price depends on it. */
const longestAnswerTokens = 10_000_000;

/** What an attempt may take at most, as a function of its output cap. */
export class AttemptBound {
  readonly bound: UsageBound;
  readonly model: ModelRef;
  readonly pricing: Pricing;
  readonly atMs: number;
  /** Tokens of one sample as asked; `Infinity` where nothing limits them. */
  readonly askedTokens: number;
  /** The same, finite. */
  readonly mostTokens: number;
  /** Tokens of one sample below which the answer is of no use. */
  readonly floorTokens: number;

  constructor(
    ask: SpendAsk,
    bound: UsageBound,
    options: { readonly pricing: Pricing; readonly atMs: number; readonly answerFloorTokens: number },
  ) {
    this.bound = { ...bound, ...askedOf(ask.request, ask.model.provider) };
    this.model = ask.model;
    this.pricing = options.pricing;
    this.atMs = options.atMs;
    // A guard of another ledger may have lowered the request below its bound already.
    this.askedTokens = Math.min(bound.outputTokensPerSample, ask.request.maxOutputTokens ?? Infinity);
    this.mostTokens = Math.min(this.askedTokens, longestAnswerTokens);
    this.floorTokens = Math.min(options.answerFloorTokens, this.mostTokens);
  }

  /** Nano-dollars at an output cap. */
  usd(outputTokens: number): bigint {
    return nanoOf(this.price(outputTokens).amount);
  }

  price(outputTokens: number): ReturnType<Pricing['upperBound']> {
    return this.pricing.upperBound({ ...this.bound, outputTokensPerSample: outputTokens }, this.model, this.atMs);
  }

  /** Tokens in and out at an output cap; more than any limit where nothing bounds the input. */
  tokens(outputTokens: number): bigint {
    const { inputTokens, samples, promptBilledOnce } = this.bound;
    const all = (promptBilledOnce ? 1 : samples) * inputTokens + samples * outputTokens;
    return all < Number(mostOf.tokens) ? BigInt(Math.ceil(all)) : mostOf.tokens;
  }
}
