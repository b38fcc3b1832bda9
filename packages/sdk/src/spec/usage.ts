import type { JsonValue } from './json.ts';

/** How a number of tokens was known: the provider said so, we estimated it, or we charged what it cannot exceed. */
export type UsageKnown = 'exact' | 'estimated' | 'upper-bound';

/** Tokens written to a prompt cache. */
export interface CacheWrite {
  /** Tokens written, all lifetimes together. */
  readonly total: number;
  /** Tokens by lifetime, for providers that price lifetimes apart. Adds up to `total`. */
  readonly byTtl?: { readonly [ttl: string]: number };
}

/**
 * What one attempt consumed, in **disjoint** buckets.
 *
 * A bucket that is `undefined` is unknown and is never read as 0; an explicit 0 is a statement of the provider.
 * Providers that report inclusive totals (cached tokens inside the input, reasoning inside the output) are split
 * at the adapter's edge and nowhere else, so adding the buckets up never counts a token twice.
 *
 * @example
 * const usage: Usage = { inputUncached: 900, cacheRead: 100, outputText: 40, outputReasoning: 0 };
 */
export interface Usage {
  /** Prompt tokens billed at the plain input rate: neither read from nor written to a cache. */
  readonly inputUncached?: number;
  /** Prompt tokens read from a cache. */
  readonly cacheRead?: number;
  /** Prompt tokens written to a cache. */
  readonly cacheWrite?: CacheWrite;
  /** Generated tokens that are not reasoning: text, tool calls, structured output. All samples together. */
  readonly outputText?: number;
  /** Generated reasoning tokens. All samples together. */
  readonly outputReasoning?: number;
  /** Units billed apart from tokens: searches, images, seconds of audio. Keyed by the provider's name of the unit. */
  readonly units?: { readonly [unit: string]: number };
  /** What the provider says it billed by. Takes part in the price. */
  readonly billed?: { readonly tier?: string; readonly speed?: string; readonly region?: string };
  /** Seconds of a local engine that belong to this attempt. The shares of a batch never add up to more than its wall time. */
  readonly engineSeconds?: number;
  /** The provider's usage object, untouched. */
  readonly raw?: JsonValue;
}

/** What no attempt of a request can exceed. What a hold is priced from. */
export interface UsageBound {
  /** Prompt tokens at most, of one prompt. */
  readonly inputTokens: number;
  /** How `inputTokens` is known: from the bytes, or from a quantile of measured ratios. */
  readonly inputKnown: 'proved' | 'calibrated';
  /** Generated tokens at most, reasoning included, of **one** sample. */
  readonly outputTokensPerSample: number;
  /** Samples of this attempt. */
  readonly samples: number;
  /** The prompt is billed once for all samples. */
  readonly promptBilledOnce: boolean;
  /** Units billed apart, at most. `Infinity` where the provider decides: tools that it runs itself. */
  readonly units?: { readonly [unit: string]: number };
  /** What the request says it wants to be billed by. What it leaves open may be the dearest there is. */
  readonly asked?: { readonly tier?: string; readonly speed?: string; readonly region?: string };
}
