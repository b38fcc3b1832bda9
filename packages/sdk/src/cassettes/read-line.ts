import type { z } from 'zod';
import { TollgateError } from '../errors/tollgate-error.ts';
import { type CallLine, callLine, type HeaderLine, headerLine, type ModelLine, modelLine } from './cassette-lines.ts';

/** Reads the first line. `place` is the file and the line, for messages. */
export function readHeader(place: string, value: unknown): HeaderLine {
  if (property(value, 'kind') !== 'tollgate-cassette') {
    throw invalid(place, 'not a Tollgate cassette. Its first line must be {"kind":"tollgate-cassette","version":1,…}.');
  }
  const version = property(value, 'version');
  if (version !== 1) {
    throw invalid(
      place,
      `a cassette of version ${String(version)}, and this @tollgate/sdk reads version 1. Use the version that recorded it, or record again.`,
    );
  }
  return check(place, value, headerLine);
}

/** Reads any line below the first. */
export function readLine(place: string, value: unknown): ModelLine | CallLine {
  const kind = property(value, 'kind');
  if (kind === 'model') return check(place, value, modelLine);
  if (kind === 'call') return check(place, value, callLine);
  throw invalid(place, `expected a line of kind "model" or "call", received ${JSON.stringify(kind) ?? 'none'}.`);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function check<Schema extends z.ZodType>(place: string, value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'the line' : issue.path.join('.');
  throw invalid(place, `${field}: ${issue?.message ?? 'not valid'}.`);
}

function invalid(place: string, message: string): TollgateError {
  return new TollgateError('invalid-file', `${place}: ${message}`);
}
