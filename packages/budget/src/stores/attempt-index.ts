/**
 * Finds rows by the id of their attempt.
 *
 * An open-addressed table of numbers: a row beside the hash of its id, at most every other place taken. A look mostly
 * touches one line of memory; a `Map` of as many texts reads every text on its way, and takes twice the room.
 */
export class AttemptIndex {
  readonly #idOf: (row: number) => string;
  /** Pairs of a row, counted from 1, and a hash; 0 and 0 where there is none. */
  #table = new Int32Array(2 * 32);
  #size = 0;
  /** What was looked for last is what is added, as a rule. */
  #lookedFor = '';
  #hash = hashOf('');

  /** `idOf` gives the id of a row that was added. */
  constructor(idOf: (row: number) => string) {
    this.#idOf = idOf;
  }

  find(attemptId: string): number | undefined {
    const hash = hashOf(attemptId);
    this.#lookedFor = attemptId;
    this.#hash = hash;
    const table = this.#table;
    const last = table.length - 2;
    for (let place = placeOf(hash, last); ; place = (place + 2) & last) {
      const row = table[place] as number;
      if (row === 0) return undefined;
      if (table[place + 1] === hash && this.#idOf(row - 1) === attemptId) return row - 1;
    }
  }

  /** Adds an id that is not there yet. */
  add(attemptId: string, row: number): void {
    this.#size += 1;
    if (4 * this.#size > this.#table.length) this.#grow();
    put(this.#table, row + 1, attemptId === this.#lookedFor ? this.#hash : hashOf(attemptId));
  }

  #grow(): void {
    const small = this.#table;
    const table = new Int32Array(2 * small.length);
    for (let place = 0; place < small.length; place += 2) {
      const row = small[place] as number;
      if (row !== 0) put(table, row, small[place + 1] as number);
    }
    this.#table = table;
  }
}

function put(table: Int32Array, row: number, hash: number): void {
  const last = table.length - 2;
  let place = placeOf(hash, last);
  while (table[place] !== 0) place = (place + 2) & last;
  table[place] = row;
  table[place + 1] = hash;
}

function placeOf(hash: number, last: number): number {
  return (hash << 1) & last;
}

/**
 * 32 bits of FNV-1a, its high bits mixed into the low ones that name a place. The last character comes after that and moves
 * the place by less than 16: ids of one trace, which differ at their end, are neighbours.
 */
function hashOf(text: string): number {
  const last = text.length - 1;
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < last; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return (hash + (text.charCodeAt(last) & 15)) | 0;
}
