export type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
export type { OpenaiApi } from './capabilities.ts';
export type { OpenaiClient } from './client.ts';
export { openai } from './openai.ts';
export type { OpenaiOptions } from './options.ts';
