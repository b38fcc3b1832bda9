export * from '@tollgate/sdk/known-answer';
