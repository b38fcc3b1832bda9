export { describeStore, type StoreSuiteOptions } from './describe-store.ts';
export { type PostgresServer, postgresBinaries, startPostgres } from './postgres-server.ts';
export { runStoreModel, type StoreModelRun } from './run-store-model.ts';
export type { StoreSubject } from './store-subject.ts';
