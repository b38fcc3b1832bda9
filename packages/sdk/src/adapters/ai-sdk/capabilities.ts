import { type CapabilityOverrides, overrideCapabilities } from '../../leaf/capability-overrides.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Capabilities } from '../../spec/capabilities.ts';

/**
 * What the interface of the AI SDK has options for. It does not say what a model makes of them: what a provider cannot honour
 * comes back as its own warning. The rest is off, so that no strategy counts on it.
 */
const assumed: Capabilities = textCapabilities({ tools: true, schema: true, known: 'assumed' });

/** The assumptions, with what the user declared. */
export function aiSdkCapabilities(overrides?: CapabilityOverrides): Capabilities {
  return overrideCapabilities(assumed, overrides);
}
