import type { Capabilities } from '../../spec/capabilities.ts';

/** What llama.cpp in process can do through this adapter. */
export function llamaCppCapabilities(limits: {
  readonly contextTokens: number;
  readonly parallelSamples: number;
}): Capabilities {
  return {
    samples: { nativeMax: limits.parallelSamples, promptBilledOnce: true, cancelOne: false },
    logprobs: 'top-k',
    maxTopLogprobs: maxTopLogprobs,
    continuation: 'exact',
    tools: false,
    schema: false,
    sampling: { temperature: true, topP: true, topK: true, seed: true },
    stop: true,
    efforts: [],
    limits: { contextTokens: limits.contextTokens },
    files: [],
    tokenLevel: false,
    rewardScores: false,
    hiddenStates: false,
  };
}

/** Alternatives a position can report. */
export const maxTopLogprobs = 40;
