export {
  createRegistry,
  type ModelFactory,
  type ModelReference,
  parseModelReference,
  type ProviderFactory,
  type Registry,
  type RegistryOptions,
} from '@tollgate/sdk/registry';
