import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { TollgateError } from '../../errors/tollgate-error.ts';

/** What a GGUF file says of itself before its weights begin. */
export interface GgufHeader {
  readonly architecture: string;
  /** Numbers, texts and flags by key. Of a list: its length, or where it holds whole numbers for layers, their sum. */
  readonly values: ReadonlyMap<string, GgufValue>;
  /** Bytes that this file must have for its tensors to be whole, as far as the header tells. */
  readonly leastBytes: number;
}

/** A value of the header. */
export type GgufValue = number | string | boolean | { readonly length: number; readonly sum: number | undefined };

// Value types of the format, by number: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
const numberTypes: Readonly<Record<number, { readonly bytes: number; read(view: DataView, at: number): number }>> = {
  0: { bytes: 1, read: (view, at) => view.getUint8(at) },
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  7: { bytes: 1, read: (view, at) => view.getUint8(at) },
  10: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  11: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  12: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};
const uint32 = 4;
const uint64 = 10;
const boolType = 7;
const stringType = 8;
const listType = 9;
const knownVersions = [2, 3];
// Per-layer lists have as many entries as a model has layers; vocabularies are longer.
const longestLayerList = 1024;
const chunkBytes = 1 << 20;

/**
 * Reads the header of a GGUF, so that what is wrong with a file is said before the engine is started for it.
 *
 * @throws TollgateError `invalid-file` for a file that is no GGUF, of a version or byte order that llama.cpp does not read, or cut off.
 */
export function readGgufHeader(path: string): GgufHeader {
  const file = openSync(path, 'r');
  try {
    return new HeaderReader(file, path).read();
  } finally {
    closeSync(file);
  }
}

class HeaderReader {
  readonly #file: number;
  readonly #path: string;
  readonly #size: number;
  #chunk = new DataView(new ArrayBuffer(0));
  #chunkAt = 0;
  #at = 0;

  constructor(file: number, path: string) {
    this.#file = file;
    this.#path = path;
    this.#size = statSync(path).size;
  }

  read(): GgufHeader {
    if (this.#size < 8 || this.#text(4) !== 'GGUF') {
      throw this.#invalid(
        `is not a GGUF file: it does not begin with "GGUF"${this.#size < 8 ? ` (it has only ${this.#size} bytes)` : ''}. Fetch it again.`,
      );
    }
    this.#checkVersion(this.#number(uint32));
    const tensors = this.#number(uint64);
    const entries = this.#number(uint64);
    const values = new Map<string, GgufValue>();
    for (let i = 0; i < entries; i += 1) values.set(this.#string(), this.#value(this.#number(uint32)));
    let lastOffset = 0;
    for (let i = 0; i < tensors; i += 1) {
      this.#string();
      const dimensions = this.#number(uint32);
      this.#skip(dimensions * 8 + 4);
      lastOffset = Math.max(lastOffset, this.#number(uint64));
    }
    const architecture = values.get('general.architecture');
    if (typeof architecture !== 'string') {
      throw this.#invalid('is a GGUF file without "general.architecture": it holds no model. Take another file.');
    }
    // A tensor has a byte at least; the engine checks the rest.
    const leastBytes = tensors === 0 ? this.#at : this.#at + lastOffset + 1;
    if (this.#size < leastBytes) throw this.#cutOff(leastBytes);
    return { architecture, values, leastBytes };
  }

  #checkVersion(version: number): void {
    if (knownVersions.includes(version)) return;
    const swapped =
      ((version & 0xff) << 24) | ((version & 0xff00) << 8) | ((version >>> 8) & 0xff00) | (version >>> 24);
    throw this.#invalid(
      knownVersions.includes(swapped >>> 0)
        ? 'is a GGUF file for big-endian machines. Take the little-endian file of this model, or convert it.'
        : `is a GGUF file of version ${version}; versions ${knownVersions.join(' and ')} are read. Take a file that was converted with a ${version < 2 ? 'newer' : 'matching'} llama.cpp.`,
    );
  }

  #value(type: number): GgufValue {
    if (type === stringType) return this.#string();
    if (type === listType) return this.#list();
    const value = this.#number(type);
    return type === boolType ? value !== 0 : value;
  }

  #list(): GgufValue {
    const type = this.#number(uint32);
    const length = this.#number(uint64);
    if (type === stringType) {
      for (let i = 0; i < length; i += 1) this.#skip(this.#number(uint64));
      return { length, sum: undefined };
    }
    if (length > longestLayerList || type === listType) {
      if (type === listType)
        throw this.#invalid('has a list of lists in its header, which no GGUF has. It is damaged; fetch it again.');
      this.#skip(length * this.#numberType(type).bytes);
      return { length, sum: undefined };
    }
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += this.#number(type);
    return { length, sum };
  }

  #numberType(type: number): { readonly bytes: number; read(view: DataView, at: number): number } {
    const known = numberTypes[type];
    if (known === undefined)
      throw this.#invalid(`has a value of the unknown type ${type} in its header. It is damaged; fetch it again.`);
    return known;
  }

  #number(type: number): number {
    const known = this.#numberType(type);
    const at = this.#reach(known.bytes);
    return known.read(this.#chunk, at);
  }

  #string(): string {
    return this.#text(this.#number(uint64));
  }

  #text(bytes: number): string {
    const at = this.#reach(bytes);
    return Buffer.from(this.#chunk.buffer, this.#chunk.byteOffset + at, bytes).toString('utf8');
  }

  #skip(bytes: number): void {
    if (this.#at + bytes > this.#size) throw this.#cutOff(this.#at + bytes);
    this.#at += bytes;
  }

  /** Makes the next bytes available, and goes past them. Gives where they are in the chunk. */
  #reach(bytes: number): number {
    const at = this.#at;
    this.#skip(bytes);
    if (at < this.#chunkAt || at + bytes > this.#chunkAt + this.#chunk.byteLength) {
      const buffer = Buffer.alloc(Math.min(Math.max(chunkBytes, bytes), this.#size - at));
      readSync(this.#file, buffer, 0, buffer.length, at);
      this.#chunk = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      this.#chunkAt = at;
    }
    return at - this.#chunkAt;
  }

  #invalid(reason: string): TollgateError {
    return new TollgateError('invalid-file', `"${this.#path}" ${reason}`);
  }

  #cutOff(bytes: number): TollgateError {
    return this.#invalid(
      `is cut off: its header speaks of ${bytes} bytes at least and it has ${this.#size}. Fetch it again.`,
    );
  }
}
