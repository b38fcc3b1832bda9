import { MissingLibraryError } from '@tollgate/sdk';
import { expect, it } from 'vitest';
import { resolveLibrary } from './resolve-library.ts';

it('finds a library that is there, and names one that is not', () => {
  expect(resolveLibrary('quickjs-emscripten', 'x')).toContain('quickjs-emscripten');
  expect(() => resolveLibrary('no-such-library', 'quickjsSandbox')).toThrow(MissingLibraryError);
  expect(() => resolveLibrary('no-such-library', 'quickjsSandbox')).toThrow(
    'quickjsSandbox needs the package "no-such-library". Install it: npm install no-such-library',
  );
});
