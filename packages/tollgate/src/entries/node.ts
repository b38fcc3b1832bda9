export {
  loadConfig,
  type LoadedConfig,
  loadPriceFile,
  loadProfile,
  openResultsFile,
  readOutcomesFile,
  readPriceFile,
  type ResultsFile,
} from '@tollgate/policy/node';
export { createNodeFetch, type NodeFetchOptions } from '@tollgate/sdk/node';
