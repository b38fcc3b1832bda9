import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Real weights, or why tests that need them do not run. */
export type RealWeights = { readonly path: string } | { readonly missing: string };

/** A file in the folder that TOLLGATE_MODELS names. */
export function realGguf(file: string): RealWeights {
  return firstOf([process.env['TOLLGATE_MODELS']], file, 'the folder TOLLGATE_MODELS');
}

/** A model folder in TOLLGATE_ONNX_MODELS or TOLLGATE_MODELS, or in `shared/models` beside the repository. */
export function realOnnx(name: string): RealWeights {
  const beside = join(import.meta.dirname, '../../../../../../shared/models');
  return firstOf(
    [process.env['TOLLGATE_ONNX_MODELS'], process.env['TOLLGATE_MODELS'], beside],
    name,
    'the folders TOLLGATE_ONNX_MODELS and TOLLGATE_MODELS, and shared/models beside the repository',
  );
}

function firstOf(folders: readonly (string | undefined)[], name: string, where: string): RealWeights {
  const path = folders.map((folder) => join(folder ?? '', name)).find((each, i) => folders[i] && existsSync(each));
  return path === undefined ? { missing: `there is no ${name} in ${where}` } : { path };
}
