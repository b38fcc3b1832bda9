import { TollgateError } from './tollgate-error.ts';

/** An optional package that is needed now and is not installed. */
export class MissingLibraryError extends TollgateError {
  readonly library: string;

  constructor(library: string, neededBy: string, options?: { readonly cause?: unknown }) {
    super('missing-library', `${neededBy} needs the package "${library}". Install it: npm install ${library}`, options);
    this.library = library;
  }
}
