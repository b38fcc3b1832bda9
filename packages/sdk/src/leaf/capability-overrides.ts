import type { Capabilities, SamplesCapability } from '../spec/capabilities.ts';

/** What is known to differ from what an adapter says of a model. Nested fields are replaced one by one. */
export interface CapabilityOverrides extends Partial<Omit<Capabilities, 'samples' | 'sampling' | 'limits'>> {
  readonly samples?: Partial<SamplesCapability>;
  readonly sampling?: Partial<Capabilities['sampling']>;
  readonly limits?: Capabilities['limits'];
}

/** Puts what the user declares over what is known or assumed. Whoever declares something knows the model. */
export function overrideCapabilities(base: Capabilities, overrides: CapabilityOverrides = {}): Capabilities {
  if (Object.keys(overrides).length === 0) return base;
  return {
    ...base,
    known: 'declared',
    ...overrides,
    samples: { ...base.samples, ...overrides.samples },
    sampling: { ...base.sampling, ...overrides.sampling },
    limits: { ...base.limits, ...overrides.limits },
  };
}
