import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { wireHeader, type WireLine, wireLine } from './wire-line.ts';

/** What a wire cassette holds. */
export interface WireFile {
  readonly lines: readonly WireLine[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
}

/**
 * Reads a wire cassette; one that is not there yet is empty. A last line that was not finished is left out: whoever wrote it
 * was killed.
 *
 * @throws TollgateError `invalid-file` for a line that is not of a wire cassette.
 */
export function readWireFile(path: string): WireFile {
  if (!existsSync(path)) return { lines: [], wholeBytes: 0 };
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [header, ...rest] = whole.split('\n').slice(0, -1);
  if (header !== undefined) parse(wireHeader, header, `${path}:1`);
  return {
    lines: rest.map((line, i) => parse(wireLine, line, `${path}:${i + 2}`)),
    wholeBytes: Buffer.byteLength(whole),
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, line: string, place: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new TollgateError('invalid-file', `${place}: not JSON. A wire cassette has one JSON value a line.`);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new TollgateError(
    'invalid-file',
    `${place}: not a line of a wire cassette of version 1. ${z.prettifyError(checked.error)}`,
  );
}
