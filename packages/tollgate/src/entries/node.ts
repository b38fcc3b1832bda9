export {
  loadConfig,
  type LoadedConfig,
  openResultsFile,
  readOutcomesFile,
  type ResultsFile,
} from '@tollgate/policy/node';
export { createNodeFetch, type NodeFetchOptions } from '@tollgate/sdk/node';
