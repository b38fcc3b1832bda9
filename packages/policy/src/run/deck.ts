import type { Random } from '@tollgate/stats';
import type { RowRange } from '../outcomes/outcomes-table.ts';

/** The recorded samples of one task and model: drawn one after the other, none twice. */
export class Deck {
  /** Samples drawn so far. */
  drawn = 0;
  readonly size: number;
  readonly #first: number;
  readonly #random: Random | undefined;
  /** The place that each place was swapped with, plus one; 0 where it was left alone. Made when it is first needed. */
  #order: Int32Array | undefined;
  #shuffled = 0;
  /** Rows in their order, as far as they were looked at. */
  readonly #rows: number[] = [];

  /** With a random source the samples come in an order of its own, else in that of the table. */
  constructor({ first, count }: RowRange, random: Random | undefined) {
    this.#first = first;
    this.size = count;
    this.#random = random;
  }

  /** Rows of the next `count` samples; fewer where fewer are left. They stay on the deck. */
  next(count: number): readonly number[] {
    const end = Math.min(this.drawn + count, this.size);
    const order = this.#random === undefined ? undefined : this.#shuffleTo(end, this.#random);
    for (let place = this.#rows.length; place < end; place += 1) {
      this.#rows.push(this.#first + (order === undefined ? place : placed(order, place)));
    }
    return this.#rows.slice(this.drawn, end);
  }

  /** Fisher-Yates from the front, only as far as is drawn: most of a long deck is never looked at. */
  #shuffleTo(end: number, random: Random): Int32Array {
    const order = (this.#order ??= new Int32Array(this.size));
    for (; this.#shuffled < end; this.#shuffled += 1) {
      const place = this.#shuffled;
      const chosen = place + random.int(this.size - place);
      const held = placed(order, place);
      order[place] = placed(order, chosen) + 1;
      order[chosen] = held + 1;
    }
    return order;
  }
}

function placed(order: Int32Array, place: number): number {
  const swapped = order[place] ?? 0;
  return swapped === 0 ? place : swapped - 1;
}
