import type { Usage } from '@tollgate/sdk';
import fc from 'fast-check';

const tokens = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 400_000 }));

/** Any usage of a chat model: every bucket, lifetimes told or not. */
export const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    inputUncached: tokens,
    cacheRead: tokens,
    minutes: tokens,
    hour: tokens,
    told: fc.boolean(),
    outputText: tokens,
    outputReasoning: tokens,
  })
  .map(({ minutes, hour, told, ...usage }) => ({
    ...usage,
    cacheWrite: { total: minutes + hour, ...(told && { byTtl: { '5m': minutes, '1h': hour } }) },
  }));

/** Usages of which long requests, and those just at the edge of one, are a part. */
export const plainUsage: fc.Arbitrary<Usage> = fc.record({
  inputUncached: tokens,
  cacheRead: tokens,
  outputText: tokens,
  outputReasoning: tokens,
});
