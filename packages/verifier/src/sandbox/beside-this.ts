import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a program of this folder: as a source where this is one, else as it was built. */
export function besideThis(name: string): string {
  return fileURLToPath(new URL(name + extname(import.meta.url), import.meta.url));
}
