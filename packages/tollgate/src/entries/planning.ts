export * from '@tollgate/budget/planning';
