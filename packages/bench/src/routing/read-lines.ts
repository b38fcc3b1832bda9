import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The lines of a gzipped text file. */
export function readLines(path: string): readonly string[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** The records of a gzipped file of JSON Lines. */
export function readRecords<T>(path: string): readonly T[] {
  return readLines(path).map((line): T => JSON.parse(line));
}
