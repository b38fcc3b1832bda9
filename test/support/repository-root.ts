import { fileURLToPath } from 'node:url';

/** Folder of the workspace, without a slash at the end. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
