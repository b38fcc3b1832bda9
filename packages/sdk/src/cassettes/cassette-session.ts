import type { TapeEntry } from './tape-entry.ts';

interface Cursor {
  readonly used: Set<number>;
  /** Everything below is used. */
  lowest: number;
}

/**
 * Which samples one run has used. Every strategy of a comparison gets its own, so that all see the same samples from
 * the start; within one session no sample is served twice.
 */
export class CassetteSession {
  readonly #cursors = new Map<string, Cursor>();

  /** Claims the next unused samples of an entry, `count` at most: their indices, in order. */
  take(entry: TapeEntry, count: number): readonly number[] {
    const cursor = this.#cursorOf(entry);
    const taken: number[] = [];
    for (let i = cursor.lowest; i < entry.samples.length && taken.length < count; i += 1) {
      if (cursor.used.has(i)) continue;
      cursor.used.add(i);
      taken.push(i);
    }
    while (cursor.used.has(cursor.lowest)) cursor.lowest += 1;
    return taken;
  }

  /** Undoes a claim of samples that were not served after all. */
  giveBack(entry: TapeEntry, indices: readonly number[]): void {
    const cursor = this.#cursorOf(entry);
    for (const index of indices) {
      cursor.used.delete(index);
      cursor.lowest = Math.min(cursor.lowest, index);
    }
  }

  /** Claims samples that were just recorded for this session. */
  use(entry: TapeEntry, first: number, count: number): void {
    const { used } = this.#cursorOf(entry);
    for (let i = first; i < first + count; i += 1) used.add(i);
  }

  usedCount(entry: TapeEntry): number {
    return this.#cursorOf(entry).used.size;
  }

  #cursorOf(entry: TapeEntry): Cursor {
    let cursor = this.#cursors.get(entry.key);
    if (cursor === undefined) this.#cursors.set(entry.key, (cursor = { used: new Set(), lowest: 0 }));
    return cursor;
  }
}
