import type * as Msw from 'msw';
import { MissingLibraryError } from '../errors/missing-library-error.ts';

/**
 * The library msw, loaded when it is first needed. Loaded at once and not awaited: handlers stand in an argument list.
 * It is the same instance that an `import` gives.
 *
 * @throws MissingLibraryError where it is not installed.
 */
export function loadMsw(neededBy: string): typeof Msw {
  try {
    return process.getBuiltinModule('node:module').createRequire(import.meta.url)('msw') as typeof Msw;
  } catch (cause) {
    throw new MissingLibraryError('msw', neededBy, { cause });
  }
}
