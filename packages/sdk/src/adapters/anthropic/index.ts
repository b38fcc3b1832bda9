export { anthropic } from './anthropic.ts';
export type { CapabilityOverrides } from './capabilities.ts';
export type { AnthropicClient } from './client.ts';
export type { AnthropicOptions } from './options.ts';
