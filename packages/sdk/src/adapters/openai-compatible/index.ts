export type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
export { openaiCompatible } from './openai-compatible.ts';
export type { OpenaiCompatibleOptions } from './options.ts';
