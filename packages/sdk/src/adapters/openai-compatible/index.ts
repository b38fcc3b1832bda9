export type { CapabilityOverrides } from './capabilities.ts';
export { openaiCompatible } from './openai-compatible.ts';
export type { OpenaiCompatibleOptions } from './options.ts';
