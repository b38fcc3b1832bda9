import type { CacheBreakpoint, Message } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warn } from '../collect-warnings.ts';

const mostBreakpoints = 4;

/** Gives the `cache_control` of a part, asked in the order in which parts are written. */
export type CacheControl = (part: { readonly cache?: CacheBreakpoint }) => { readonly cache_control?: JsonObject };

/**
 * Writes cache breakpoints. The API takes 4 and refuses more, so the last 4 of a conversation are kept: each covers all
 * before it.
 */
export function cacheControl(messages: readonly Message[], warn: Warn): CacheControl {
  let total = 0;
  for (const { content } of messages) {
    if (typeof content !== 'string')
      total += content.filter((part) => part.cache !== undefined && canHold(part)).length;
  }
  let skipped = Math.max(0, total - mostBreakpoints);
  if (skipped > 0) {
    warn(
      'cache',
      `${skipped} of ${total} cache breakpoints were left out, the first ones: the API takes ${mostBreakpoints}`,
    );
  }
  return ({ cache }) => {
    if (cache === undefined) return {};
    if (skipped > 0) {
      skipped -= 1;
      return {};
    }
    return { cache_control: { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) } };
  };
}

/** Thinking and empty text cannot end a cached prefix. */
function canHold(part: { readonly type: string; readonly text?: string }): boolean {
  return part.type !== 'reasoning' && part.text !== '';
}
