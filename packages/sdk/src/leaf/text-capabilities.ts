import type { Capabilities } from '../spec/capabilities.ts';

/**
 * Capabilities of a plain text model: one sample a call, no log-probabilities, no tools, sampling parameters and stop honoured.
 *
 * @example
 * textCapabilities({ tools: true, samples: { nativeMax: 8, promptBilledOnce: true, cancelOne: false } });
 */
export function textCapabilities(overrides: Partial<Capabilities> = {}): Capabilities {
  return {
    samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
    logprobs: 'none',
    continuation: 'none',
    tools: false,
    schema: false,
    sampling: { temperature: true, topP: true, topK: true, seed: true },
    stop: true,
    efforts: [],
    limits: {},
    files: [],
    tokenLevel: false,
    rewardScores: false,
    hiddenStates: false,
    ...overrides,
  };
}
