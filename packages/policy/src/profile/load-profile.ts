import { readFileSync } from 'node:fs';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

/**
 * Reads a profile that `tollgate optimize` or `tollgate calibrate` wrote.
 *
 * @throws InvalidFileError where it cannot be read, or naming each field that is wrong.
 *
 * @example
 * const model = fromProfile(loadProfile('profile.json'), { small, big });
 */
export function loadProfile(path: string): Profile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidFileError(path, [
      { message: `it could not be read: ${error instanceof Error ? error.message : String(error)}` },
    ]);
  }
  return parseProfile(text, { source: path });
}
