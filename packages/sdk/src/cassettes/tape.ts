import type { GenerateRequest } from '../spec/request.ts';
import type { CassetteFile } from './cassette-file.ts';
import type { CallLine, HeaderLine, ModelLine } from './cassette-lines.ts';
import type { CassetteSession } from './cassette-session.ts';
import { readLine } from './read-line.ts';
import { identifyRequest, type Match, type RequestIdentity } from './request-key.ts';
import type { TapedSample, TapeEntry } from './tape-entry.ts';

/** What a cassette holds, in memory and, while it records, in its file. */
export class Tape {
  readonly path: string;
  readonly header: HeaderLine;
  readonly models = new Map<string, ModelLine>();
  readonly entries = new Map<string, TapeEntry>();

  constructor(path: string, header: HeaderLine) {
    this.path = path;
    this.header = header;
  }

  get match(): Match {
    return this.header.keyFields.includes('samples') ? 'exact' : 'pool';
  }

  identify(model: string, request: GenerateRequest): RequestIdentity {
    return identifyRequest(model, request, this.header.keyFields);
  }

  /** The entry of a request, made when it is new. */
  entryOf(model: string, identity: RequestIdentity): TapeEntry {
    const known = this.entries.get(identity.key);
    if (known !== undefined) return known;
    const entry: TapeEntry = { model, ...identity, samples: [], seeds: new Set() };
    this.entries.set(identity.key, entry);
    return entry;
  }

  /** Indices of the samples that answer a request: unused ones, or in `exact` the latest of this very request. */
  claim(session: CassetteSession, entry: TapeEntry, count: number): readonly number[] {
    if (this.match === 'pool') return session.take(entry, count);
    const first = Math.max(0, entry.samples.length - count);
    return entry.samples.slice(first).map((_, i) => first + i);
  }

  /** Adds a line as it was read. */
  add(line: ModelLine | CallLine): void {
    if (line.kind === 'model') {
      this.models.set(line.name, line);
      return;
    }
    const { model, key, fields = {}, prompt = {} } = line;
    const entry = this.entryOf(model, { key, fields, prompt });
    for (const sample of line.samples) entry.samples.push({ sample, call: line.call });
    if (line.seed !== undefined) entry.seeds.add(line.seed);
  }

  /** Writes a line and adds what a reader would read, so that a recording and its replay see the same. */
  write(file: CassetteFile, line: ModelLine | CallLine): void {
    const text = JSON.stringify(line);
    const read = readLine(this.path, JSON.parse(text));
    file.append(text);
    this.add(read);
  }
}

/** The taped samples at these indices. */
export function samplesAt(entry: TapeEntry, indices: readonly number[]): readonly TapedSample[] {
  return indices.flatMap((index) => entry.samples[index] ?? []);
}
