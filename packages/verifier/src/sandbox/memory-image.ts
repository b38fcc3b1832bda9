const chunkBytes = 65_536;
const zeros = new Uint8Array(chunkBytes);

/**
 * What a WebAssembly memory holds now, to be put back later: whatever ran in between leaves nothing behind.
 *
 * Chunks of zeros are not kept, so a memory that is mostly empty is quick to put back.
 */
export class MemoryImage {
  /** Neighbouring chunks that hold something, joined, by where they begin. */
  readonly #runs: readonly { readonly start: number; readonly bytes: Uint8Array }[];

  /** @param memory Whole pages of WebAssembly, which are of 65,536 bytes. */
  constructor(memory: Uint8Array) {
    const runs: { readonly start: number; end: number }[] = [];
    for (let start = 0; start < memory.length; start += chunkBytes) {
      const end = start + chunkBytes;
      if (Buffer.compare(memory.subarray(start, end), zeros) === 0) continue;
      const last = runs.at(-1);
      if (last?.end === start) last.end = end;
      else runs.push({ start, end });
    }
    this.#runs = runs.map(({ start, end }) => ({ start, bytes: memory.slice(start, end) }));
  }

  /** Puts it back. The memory may have grown since; what was added is set to zero. */
  restore(memory: Uint8Array): void {
    let at = 0;
    for (const { start, bytes } of this.#runs) {
      memory.fill(0, at, start);
      memory.set(bytes, start);
      at = start + bytes.length;
    }
    memory.fill(0, at);
  }
}
