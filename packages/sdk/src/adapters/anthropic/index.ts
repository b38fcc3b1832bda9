export type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
export { anthropic } from './anthropic.ts';
export type { AnthropicClient } from './client.ts';
export type { AnthropicOptions } from './options.ts';
