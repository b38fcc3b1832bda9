import { gunzipSync } from 'node:zlib';
import { TollgateError } from '../errors/tollgate-error.ts';
import { readHeader, readLine } from './read-line.ts';
import { Tape } from './tape.ts';

/** A cassette file, read. */
export interface CassetteContent {
  /** Undefined where the file holds no whole line. */
  readonly tape: Tape | undefined;
  /** Bytes up to the end of the last whole line: where a torn line is cut off. */
  readonly wholeBytes: number;
  readonly torn: boolean;
}

const newline = 0x0a;

/** Is this file compressed? Told by its first bytes, whatever its name says. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Reads a cassette, gzipped or not.
 *
 * A last line without its end was being written when the recording died: it is left out and reported.
 *
 * @throws TollgateError `invalid-file`, with the line number, for anything else that is not a cassette of this version.
 */
export function readCassette(path: string, bytes: Buffer): CassetteContent {
  const plain = isGzip(bytes) ? gunzip(path, bytes) : bytes;
  const wholeBytes = plain.lastIndexOf(newline) + 1;
  let tape: Tape | undefined;
  let number = 0;
  for (let start = 0; start < wholeBytes; ) {
    const end = plain.indexOf(newline, start);
    number += 1;
    const place = `${path}:${number}`;
    const value = parseJson(place, plain.toString('utf8', start, end));
    if (tape === undefined) tape = new Tape(path, readHeader(place, value));
    else addLine(tape, place, value);
    start = end + 1;
  }
  return { tape, wholeBytes, torn: wholeBytes < plain.length };
}

function addLine(tape: Tape, place: string, value: unknown): void {
  const line = readLine(place, value);
  if (line.kind === 'call' && !tape.models.has(line.model)) {
    throw new TollgateError('invalid-file', `${place}: a call of model "${line.model}", which no line above declares.`);
  }
  tape.add(line);
}

function gunzip(path: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new TollgateError('invalid-file', `${path} is gzipped and cut off or damaged. Fetch or compress it again.`, {
      cause,
    });
  }
}

function parseJson(place: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new TollgateError('invalid-file', `${place}: not JSON. A cassette is one JSON object a line.`, { cause });
  }
}
