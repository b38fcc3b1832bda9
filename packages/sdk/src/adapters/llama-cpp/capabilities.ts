import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Capabilities } from '../../spec/capabilities.ts';

/** What llama.cpp in process can do through this adapter. */
export function llamaCppCapabilities(limits: {
  readonly contextTokens: number;
  readonly parallelSamples: number;
}): Capabilities {
  return textCapabilities({
    samples: { nativeMax: limits.parallelSamples, promptBilledOnce: true, cancelOne: false },
    logprobs: 'top-k',
    maxTopLogprobs,
    continuation: 'exact',
    tokenLevel: true,
    limits: { contextTokens: limits.contextTokens },
  });
}

/** Alternatives a position can report. */
export const maxTopLogprobs = 40;
