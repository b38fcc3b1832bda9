export { postgresStore, type PostgresStoreOptions, type SqlClient } from '@tollgate/budget/postgres';
