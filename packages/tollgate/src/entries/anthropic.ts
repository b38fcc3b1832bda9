export {
  anthropic,
  type AnthropicClient,
  type AnthropicOptions,
  type CapabilityOverrides,
} from '@tollgate/sdk/anthropic';
