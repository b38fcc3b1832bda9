import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { TollgateError } from '@tollgate/sdk';

const headBytes = 65_536;

/** Whether a file is a recording or a table of outcomes, by its first line. Gzipped files are looked into. */
export function kindOfReplay(path: string): 'recording' | 'outcomes' {
  return firstBytes(path).toString('utf8').trimStart().startsWith('{"kind":"tollgate-cassette"')
    ? 'recording'
    : 'outcomes';
}

function firstBytes(path: string): Buffer {
  const head = Buffer.alloc(headBytes);
  let read: number;
  try {
    const file = openSync(path, 'r');
    try {
      read = readSync(file, head, 0, headBytes, 0);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. Check --replay.`,
      { cause },
    );
  }
  const bytes = head.subarray(0, read);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} begins like a gzip file and cannot be unpacked. Compress it again.`,
      { cause },
    );
  }
}
