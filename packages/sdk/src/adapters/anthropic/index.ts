export type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
export { anthropic } from './anthropic.ts';
export type { AnthropicClient } from './options.ts';
export type { AnthropicOptions } from './options.ts';
