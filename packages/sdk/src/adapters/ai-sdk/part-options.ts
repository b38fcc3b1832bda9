import type { SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { CacheBreakpoint, Origin, PartMetadata } from '../../spec/content.ts';
import { fieldsOf, textOf } from '../../wire/json-fields.ts';

/** What a part of ours carries beside its content. */
export interface PartExtras {
  readonly metadata?: PartMetadata;
  readonly cache?: CacheBreakpoint;
  readonly origin?: Origin;
}

/**
 * What a part carries, as `providerOptions` of a prompt or `providerMetadata` of an answer: opaque data under each provider's
 * own name, a cache breakpoint in the words of Anthropic's provider (the only ones there are), who wrote it under `tollgate`.
 * Undefined where there is nothing to say.
 */
export function writePartOptions({ metadata, cache, origin }: PartExtras): SharedV4ProviderMetadata | undefined {
  if (metadata === undefined && cache === undefined && origin === undefined) return undefined;
  // Opaque data is JSON both ways; only the two packages' types differ, in what is readonly.
  const written = { ...metadata } as SharedV4ProviderMetadata;
  if (cache !== undefined) {
    const cacheControl = { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) };
    written['anthropic'] = { ...written['anthropic'], cacheControl };
  }
  if (origin !== undefined) {
    const { provider, modelId } = origin;
    written['tollgate'] = { ...written['tollgate'], origin: { provider, modelId } };
  }
  return written;
}

/** Reads what `writePartOptions` writes, and cache breakpoints as users of the AI SDK set them. */
export function readPartOptions(options: SharedV4ProviderOptions | undefined): PartExtras {
  if (options === undefined) return {};
  const { tollgate, ...others } = options;
  const origin = originOf(tollgate?.['origin']);
  const cache = cacheOf(tollgate?.['cache']) ?? cacheOf(others['anthropic']?.['cacheControl']);
  const { cacheControl: _, ...anthropic } = others['anthropic'] ?? {};
  const metadata = {
    ...others,
    ...(others['anthropic'] !== undefined && { anthropic }),
  } as PartMetadata;
  const kept = Object.entries(metadata).filter(([, value]) => Object.keys(value).length > 0);
  return {
    ...(kept.length > 0 && { metadata: Object.fromEntries(kept) }),
    ...(cache !== undefined && { cache }),
    ...(origin !== undefined && { origin }),
  };
}

function originOf(value: unknown): Origin | undefined {
  const fields = fieldsOf(value);
  const provider = textOf(fields?.['provider']);
  const modelId = textOf(fields?.['modelId']);
  return provider === undefined || modelId === undefined ? undefined : { provider, modelId };
}

function cacheOf(value: unknown): CacheBreakpoint | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { ttl } = fields;
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}
