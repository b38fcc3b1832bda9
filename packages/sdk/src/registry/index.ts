export { createRegistry, type ModelFactory, type Registry, type RegistryOptions } from './create-registry.ts';
export { type ModelReference, parseModelReference } from './parse-model-reference.ts';
export type { ProviderFactory } from './shipped-providers.ts';
