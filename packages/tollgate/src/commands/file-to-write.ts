import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** Reads the name of a file to write. Its folder is looked for now: at the end of a run the money would be spent. */
export function fileToWrite(path: string): string {
  if (path.trim() === '') throw new InvalidArgumentError('Expected the name of a file.');
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InvalidArgumentError(`There is no folder "${folder}". Make it, or name another file.`);
  }
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) {
    throw new InvalidArgumentError(`"${path}" is a folder. Name a file.`);
  }
  try {
    accessSync(there === undefined ? folder : path, constants.W_OK);
  } catch {
    throw new InvalidArgumentError(`"${path}" cannot be written. Name another file.`);
  }
  return path;
}
