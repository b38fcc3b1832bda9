export type { DeviceReport, FailedDevice, LlamaDevice } from './devices.ts';
export { type LlamaCppModel, llamaCpp } from './llama-cpp.ts';
export type { MemoryNeed } from './memory-need.ts';
export type { DraftModelOptions, LlamaCppOptions } from './options.ts';
