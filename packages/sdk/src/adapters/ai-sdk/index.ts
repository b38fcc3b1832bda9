export type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
export { fromAiSdk } from './ai-sdk.ts';
export type { FromAiSdkOptions } from './options.ts';
export { readTollgateMetadata, type TollgateMetadata } from './tollgate-metadata.ts';
export type { TollgateOptions } from './tollgate-options.ts';
export { toAiSdk, type ToAiSdkOptions } from './to-ai-sdk.ts';
