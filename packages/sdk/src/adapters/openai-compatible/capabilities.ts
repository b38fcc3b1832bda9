import type { Capabilities, SamplesCapability } from '../../spec/capabilities.ts';

/** What is known to differ from the assumptions about an unknown server. Nested fields are replaced one by one. */
export interface CapabilityOverrides extends Partial<Omit<Capabilities, 'samples' | 'sampling' | 'limits'>> {
  readonly samples?: Partial<SamplesCapability>;
  readonly sampling?: Partial<Capabilities['sampling']>;
  readonly limits?: Capabilities['limits'];
}

/** What nearly every server of this format can do. Doubtful things are off: what is off is a warning, what is wrongly on is an error. */
const assumed: Capabilities = {
  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: false, seed: true },
  stop: true,
  efforts: [],
  limits: {},
  files: [],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
  known: 'assumed',
};

/** The assumptions, with what the user declared. */
export function compatibleCapabilities(overrides: CapabilityOverrides = {}): Capabilities {
  return {
    ...assumed,
    known: 'declared',
    ...overrides,
    ...(Object.keys(overrides).length === 0 && { known: 'assumed' }),
    samples: { ...assumed.samples, ...overrides.samples },
    sampling: { ...assumed.sampling, ...overrides.sampling },
    limits: { ...assumed.limits, ...overrides.limits },
  };
}
