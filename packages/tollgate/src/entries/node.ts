export {
  loadConfig,
  type LoadedConfig,
  openResultsFile,
  readOutcomesFile,
  type ResultsFile,
} from '@tollgate/policy/node';
