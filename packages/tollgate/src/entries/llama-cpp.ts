export {
  type DeviceReport,
  type DraftModelOptions,
  type FailedDevice,
  type LlamaCppModel,
  type LlamaCppOptions,
  type LlamaDevice,
  type MemoryNeed,
  llamaCpp,
} from '@tollgate/sdk/llama-cpp';
