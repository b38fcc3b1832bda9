import { readFile } from 'node:fs/promises';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { JsonObject } from '../spec/json.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { Cassette } from './cassette.ts';
import { CassetteFile } from './cassette-file.ts';
import type { HeaderLine } from './cassette-lines.ts';
import { type CassetteContent, isGzip, readCassette } from './read-cassette.ts';
import { keyFieldsOf, type Match } from './request-key.ts';
import { Tape } from './tape.ts';

/** How a cassette is opened. */
export type OpenCassetteOptions =
  | { readonly mode: 'replay' }
  | {
      readonly mode: 'record';
      /**
       * Which requests count as the same. `pool`: all that differ in seed and number of samples only; each takes samples
       * that were not used yet. `exact`: those that are equal; each gets the same answer. @defaultValue the file's, or 'pool'
       */
      readonly match?: Match;
      /** Request defaults of this run, kept in the file so that a replay can ask the same. */
      readonly defaults?: JsonObject;
    };

/**
 * Opens a file of recorded answers: to replay it, or to record into it (made when it is not there, continued when it is).
 *
 * A gzipped file, also of several members, is read as it is; recording needs it plain.
 *
 * @throws TollgateError `invalid-file`, with the line number, for a file that is missing, damaged or of another version;
 * InvalidOptionError for a recording that does not fit the file.
 * @example
 * const cassette = await openCassette('answers.jsonl', { mode: 'record' });
 * const model = cassette.record('small', await llamaCpp({ modelPath }));
 * // later, with no model:
 * const again = (await openCassette('answers.jsonl', { mode: 'replay' })).replay('small');
 */
export async function openCassette(path: string, options: OpenCassetteOptions): Promise<Cassette> {
  const bytes = await readIfThere(path);
  if (options.mode === 'replay') {
    if (bytes === undefined) {
      throw new TollgateError(
        'invalid-file',
        `There is no cassette at ${path}. Record one first, or correct the path.`,
      );
    }
    const content = readCassette(path, bytes);
    if (content.tape === undefined) throw new TollgateError('invalid-file', `${path} is empty: nothing was recorded.`);
    return new Cassette(content.tape, undefined, notesOn(path, content));
  }
  if (bytes !== undefined && isGzip(bytes)) {
    throw new InvalidOptionError(
      'path',
      `${path} is gzipped, and a recording appends lines. Unpack it first: gunzip ${path}`,
    );
  }
  const content = readCassette(path, bytes ?? Buffer.alloc(0));
  if (content.tape !== undefined) checkFits(content.tape, options);
  const file = new CassetteFile(path, content.wholeBytes);
  const tape = content.tape ?? startTape(path, file, options);
  return new Cassette(tape, file, notesOn(path, content));
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new TollgateError(
      'invalid-file',
      `${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      {
        cause,
      },
    );
  }
}

type RecordOptions = Extract<OpenCassetteOptions, { mode: 'record' }>;

function startTape(path: string, file: CassetteFile, { match = 'pool', defaults }: RecordOptions): Tape {
  const header: HeaderLine = {
    kind: 'tollgate-cassette',
    version: 1,
    keyFields: keyFieldsOf(match),
    ...(defaults !== undefined && { defaults }),
  };
  file.append(JSON.stringify(header));
  return new Tape(path, header);
}

function checkFits(tape: Tape, { match = tape.match, defaults }: RecordOptions): void {
  if (match !== tape.match) {
    throw new InvalidOptionError(
      'match',
      `${tape.path} was recorded with match "${tape.match}", and this run asks for "${match}". Record to another file.`,
    );
  }
  if (defaults !== undefined && canonicalJson(defaults) !== canonicalJson(tape.header.defaults ?? {})) {
    throw new InvalidOptionError(
      'defaults',
      `${tape.path} was recorded with the defaults ${canonicalJson(tape.header.defaults ?? {})}, and this run has ${canonicalJson(defaults)}. Use the same, or record to another file.`,
    );
  }
}

function notesOn(path: string, { torn }: CassetteContent): readonly string[] {
  return torn ? [`The last line of ${path} was cut off in the middle of writing and is left out.`] : [];
}
