import { closeSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TollgateError } from '../errors/tollgate-error.ts';

/** A cassette open for appending. Every append is one write, so a killed process loses at most the line it was writing. */
export class CassetteFile {
  readonly #path: string;
  readonly #descriptor: number;
  #bytes: number;

  /** Opens the file for appending behind its first `wholeBytes`; the rest is cut off. */
  constructor(path: string, wholeBytes: number) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#descriptor = openSync(path, 'a');
    this.#bytes = wholeBytes;
    truncateSync(path, wholeBytes);
  }

  /** @throws TollgateError `invalid-file` when the disk refuses; the file is then as it was before. */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
      this.#bytes += bytes.length;
    } catch (cause) {
      truncateSync(this.#path, this.#bytes);
      throw new TollgateError(
        'invalid-file',
        `${this.#path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}. What was recorded before is safe; make room and run again to go on.`,
        { cause },
      );
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
