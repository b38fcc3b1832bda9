/** US dollars per million tokens as exact decimals, for example `"0.125"`. At most nine digits after the point. */
export interface Rates {
  /** Prompt tokens that were neither read from a cache nor written to one. */
  readonly input: string;
  readonly output: string;
  /** @defaultValue the price of input */
  readonly cacheRead?: string;
  /** By lifetime: `5m`, `1h`, or `any` for all that are not named. @defaultValue the price of input */
  readonly cacheWrite?: { readonly [ttl: string]: string };
  /** Reasoning tokens, where they are priced apart. @defaultValue the price of output */
  readonly reasoning?: string;
}

/** Prices of long requests. They apply to the whole request, output included. */
export interface LongRates extends Rates {
  /** The request counts as long where its input, cache reads and writes included, is more than this. */
  readonly inputTokens: number;
}

/** How well a price is known: from the provider's own page, from others who read it, or from sources that disagree. */
export type PriceConfidence = 'provider' | 'secondary' | 'disputed';

/** Where a price was read. */
export interface PriceSource {
  readonly text: string;
  /** Day it was read, `YYYY-MM-DD`. */
  readonly checked: string;
  readonly confidence: PriceConfidence;
  /** What to know about it. Where sources disagree: which of them was taken, and that it is the dearer one. */
  readonly note?: string;
}

/** What a price depends on besides tokens. Factors are decimals that multiply all prices of tokens, not those of units. */
export interface PriceTerms {
  /**
   * By service tier as the provider calls it. `default` and `standard` are 1 unless named. `auto` is the dearest tier
   * that the provider may serve by itself where the request names none.
   */
  readonly tiers?: { readonly [tier: string]: string };
  /** By speed. `standard` is 1 unless named. */
  readonly speeds?: { readonly [speed: string]: string };
  /** By region of inference. */
  readonly regions?: { readonly [region: string]: string };
  /** US dollars per 1,000 of what is billed apart from tokens, by the name in `usage.units`. */
  readonly units?: { readonly [unit: string]: string };
  /** Hours of the day in UTC that cost a multiple. */
  readonly peak?: {
    readonly times: string;
    /** For example `01:00-04:00`. */
    readonly hours: readonly string[];
    /** @defaultValue false */
    readonly weekdaysOnly?: boolean;
  };
}

/** A price, in force from its moment until that of the next entry. */
export interface PriceEntry extends Rates, PriceTerms {
  /** ISO 8601 day or moment (UTC). `launch` is the first price that is known of a model, whenever that began. */
  readonly from: string;
  /** Prices of long requests, by rising `inputTokens`. */
  readonly over?: readonly LongRates[];
  /** @defaultValue that of the table */
  readonly source?: PriceSource;
}

/** All prices of one model. Entries are only ever added: what was priced once is priced the same again. */
export interface ModelPrices {
  /** Exact id. */
  readonly model: string;
  /** Other exact ids of the same model at the same price, dated snapshots among them. @defaultValue none */
  readonly aliases?: readonly string[];
  /** By rising `from`. */
  readonly prices: readonly PriceEntry[];
}

/**
 * The prices of a provider as plain JSON.
 *
 * @example
 * const mine: PriceTable = {
 *   provider: 'house',
 *   source: { text: 'contract 7', checked: '2026-11-01', confidence: 'provider' },
 *   models: [{ model: 'house-1', prices: [{ from: 'launch', input: '0.40', output: '1.60' }] }],
 * };
 */
export interface PriceTable extends PriceTerms {
  /** As models and ledgers name it. */
  readonly provider: string;
  /** Other names of the provider. @defaultValue none */
  readonly providerAliases?: readonly string[];
  readonly source: PriceSource;
  readonly models: readonly ModelPrices[];
}
