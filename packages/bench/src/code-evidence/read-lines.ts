import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The rows of a file of JSON lines, gzipped or plain. */
export function readLines<Row>(file: string): readonly Row[] {
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as Row]));
}
