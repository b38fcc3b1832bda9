export { loadConfig, type LoadedConfig } from './config/load-config.ts';
export { readOutcomesFile } from './outcomes/read-outcomes-file.ts';
export { loadPriceFile, readPriceFile } from './prices/load-price-file.ts';
export { loadProfile } from './profile/load-profile.ts';
export { openResultsFile, type ResultsFile } from './run/results-file.ts';
