import type { SharedV4ProviderMetadata } from '@ai-sdk/provider';
import { totalUsd } from '../../leaf/total-usd.ts';
import type { ModelRef } from '../../spec/pricing.ts';
import type { Candidate, Charge, Decision, GenerateResult, Warning } from '../../spec/result.ts';

/** What a call of the AI SDK gets to know in `providerMetadata.tollgate`. */
export interface TollgateMetadata {
  /** Absent where the call failed in the middle of its answer. */
  readonly decision?: Decision;
  /** The model that made the answer. */
  readonly producedBy?: ModelRef;
  /** Every attempt, losers and retries included. Their tokens have no sum where they are of several models. */
  readonly charges: readonly Charge[];
  /** US dollars of all charges. Absent where one of them has no price. */
  readonly costUsd?: number;
  readonly warnings: readonly Warning[];
  /** Names the trace of the call. */
  readonly traceId?: string;
}

/** The account of a result. */
export function metadataOfResult(result: GenerateResult, answer: Candidate | undefined): SharedV4ProviderMetadata {
  const { decision, charges, warnings, trace } = result;
  return written({
    decision,
    ...(answer !== undefined && { producedBy: answer.producedBy }),
    ...costOf(charges),
    warnings,
    traceId: trace.id,
  });
}

/** What there is to tell of a call that failed in the middle of its answer. */
export function metadataOfFailure(charges: readonly Charge[]): SharedV4ProviderMetadata {
  return written({ ...costOf(charges), warnings: [] });
}

/**
 * What Tollgate has to say about a result of the AI SDK, or undefined where another model made it.
 *
 * @example
 * const { text, providerMetadata } = await generateText({ model: toAiSdk(cascade), prompt });
 * readTollgateMetadata(providerMetadata)?.costUsd; // 0.00031
 */
export function readTollgateMetadata(
  providerMetadata: SharedV4ProviderMetadata | undefined,
): TollgateMetadata | undefined {
  return providerMetadata?.['tollgate'] as TollgateMetadata | undefined;
}

function costOf(charges: readonly Charge[]): Pick<TollgateMetadata, 'charges' | 'costUsd'> {
  const costUsd = totalUsd(charges);
  return { charges, ...(costUsd !== undefined && { costUsd }) };
}

function written(metadata: TollgateMetadata): SharedV4ProviderMetadata {
  // Results are plain JSON already; fields that are there and undefined are not.
  return { tollgate: JSON.parse(JSON.stringify(metadata)) as SharedV4ProviderMetadata[string] };
}
