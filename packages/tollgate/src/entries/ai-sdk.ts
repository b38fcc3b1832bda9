export {
  type FromAiSdkOptions,
  fromAiSdk,
  readTollgateMetadata,
  type TollgateMetadata,
  type TollgateOptions,
  toAiSdk,
  type ToAiSdkOptions,
} from '@tollgate/sdk/ai-sdk';
