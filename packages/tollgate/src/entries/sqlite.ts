export { sqliteStore, type SqliteStoreOptions } from '@tollgate/budget/sqlite';
