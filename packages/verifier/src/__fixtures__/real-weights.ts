import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Real weights, or why tests that need them do not run. */
export type RealWeights = { readonly path: string } | { readonly missing: string };

/** A file or folder in the folder that TOLLGATE_MODELS names, or in `shared/models` beside the repository. */
export function realWeights(name: string): RealWeights {
  const folders = [process.env['TOLLGATE_MODELS'] ?? '', join(import.meta.dirname, '../../../../../shared/models')];
  const path = folders.filter((folder) => folder !== '').map((folder) => join(folder, name)).find(existsSync);
  return path === undefined
    ? { missing: `there is no ${name} in the folder TOLLGATE_MODELS or in shared/models beside the repository` }
    : { path };
}
