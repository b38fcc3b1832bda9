import { createRequire } from 'node:module';
import { MissingLibraryError } from '@tollgate/sdk';

const { resolve } = createRequire(import.meta.url);

/**
 * The path of an optional package's main file.
 *
 * @throws MissingLibraryError where it is not installed.
 */
export function resolveLibrary(library: string, neededBy: string): string {
  try {
    return resolve(library);
  } catch (cause) {
    throw new MissingLibraryError(library, neededBy, { cause });
  }
}
