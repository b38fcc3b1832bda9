export {
  loadConfig,
  type LoadedConfig,
  loadPriceFile,
  openResultsFile,
  readOutcomesFile,
  readPriceFile,
  type ResultsFile,
} from '@tollgate/policy/node';
export { createNodeFetch, type NodeFetchOptions } from '@tollgate/sdk/node';
