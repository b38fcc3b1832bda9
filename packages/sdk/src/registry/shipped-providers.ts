import type { Model } from '../spec/model.ts';
import { parseServerTarget } from './parse-model-reference.ts';

/** Makes a model of what comes after `provider:` in a reference. */
export type ProviderFactory = (target: string) => Model | Promise<Model>;

/** The adapters that ship here, loaded when a reference first needs them. Keys come from the environment. */
export const shippedProviders: { readonly [provider: string]: ProviderFactory } = {
  openai: async (modelId) => (await import('../adapters/openai/index.ts')).openai(modelId),
  anthropic: async (modelId) => (await import('../adapters/anthropic/index.ts')).anthropic(modelId),
  'llama-cpp': async (modelPath) => (await import('../adapters/llama-cpp/index.ts')).llamaCpp({ modelPath }),
  onnx: async (modelPath) => (await import('../adapters/onnx/index.ts')).onnx({ modelPath }),
  compatible: async (target) => {
    const { baseUrl, modelId } = parseServerTarget(target);
    return (await import('../adapters/openai-compatible/index.ts')).openaiCompatible(modelId, { baseUrl });
  },
};
