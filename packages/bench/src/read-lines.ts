import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The lines of a text file, gzipped or plain, empty ones left out. */
export function readLines(path: string): readonly string[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The records of a file of JSON Lines, gzipped or plain. */
export function readRecords<T>(path: string): readonly T[] {
  return readLines(path).map((line): T => JSON.parse(line));
}
