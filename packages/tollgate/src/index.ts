export * from '@tollgate/budget';
export * from '@tollgate/policy';
export * from '@tollgate/router';
export * from '@tollgate/sdk';
export { createRandom, type Random } from '@tollgate/stats';
export * from '@tollgate/verifier';
