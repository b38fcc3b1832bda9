export {
  type CapabilityOverrides,
  openai,
  type OpenaiApi,
  type OpenaiClient,
  type OpenaiOptions,
} from '@tollgate/sdk/openai';
