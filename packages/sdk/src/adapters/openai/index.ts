export type { CapabilityOverrides, OpenaiApi } from './capabilities.ts';
export type { OpenaiClient } from './client.ts';
export { openai } from './openai.ts';
export type { OpenaiOptions } from './options.ts';
