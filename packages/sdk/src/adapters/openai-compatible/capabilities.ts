import { type CapabilityOverrides, overrideCapabilities } from '../../leaf/capability-overrides.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Capabilities } from '../../spec/capabilities.ts';

/** What nearly every server of this format can do. Doubtful things are off: what is off is a warning, what is wrongly on is an error. */
const assumed: Capabilities = textCapabilities({
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: false, seed: true },
  known: 'assumed',
});

/** The assumptions, with what the user declared. */
export function compatibleCapabilities(overrides?: CapabilityOverrides): Capabilities {
  return overrideCapabilities(assumed, overrides);
}
