import type { Tensor } from 'onnxruntime-node';
import type { OnnxLibrary } from './libraries.ts';

/** One `past_key_values` input and the output that continues it. Its shape is [rows, heads, tokens, width]. */
export interface KeyValueSlot {
  readonly past: string;
  readonly present: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly width: number;
}

type Numbers = Float32Array | Uint16Array;

/** Room for this many more tokens is made at once. */
const growth = 64;

/**
 * Keys and values of sequences of equal length, one row each. Two sets of buffers take turns: the engine reads the past
 * from one and writes the present into the other, so nothing is copied or allocated from step to step.
 */
export class KeyValueCache {
  readonly #library: OnnxLibrary;
  readonly #slots: readonly KeyValueSlot[];
  #current: Numbers[];
  #next: Numbers[];
  #rows = 1;
  #length = 0;

  constructor(library: OnnxLibrary, slots: readonly KeyValueSlot[]) {
    this.#library = library;
    this.#slots = slots;
    this.#current = slots.map((slot) => allocate(slot, 0));
    this.#next = slots.map((slot) => allocate(slot, 0));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Tokens of each row. */
  get length(): number {
    return this.#length;
  }

  /** What the engine reads. */
  past(): Record<string, Tensor> {
    return this.#tensors(this.#current, 'past', this.#length);
  }

  /** What the engine writes with so many more tokens. `commit` makes it the past. */
  present(more: number): Record<string, Tensor> {
    const length = this.#length + more;
    for (const [i, slot] of this.#slots.entries()) {
      if ((this.#next[i]?.length ?? 0) < this.#size(slot, length))
        this.#next[i] = allocate(slot, this.#size(slot, length + growth));
    }
    return this.#tensors(this.#next, 'present', length);
  }

  /** The present was written. */
  commit(more: number): void {
    [this.#current, this.#next] = [this.#next, this.#current];
    this.#length += more;
  }

  /** Forgets what comes after `length` tokens. */
  truncate(length: number): void {
    if (length >= this.#length) return;
    for (const [i, { heads, width }] of this.#slots.entries()) {
      const values = this.#current[i];
      for (let head = 0; head < this.#rows * heads; head += 1) {
        const from = head * this.#length * width;
        values?.copyWithin(head * length * width, from, from + length * width);
      }
    }
    this.#length = length;
  }

  /** Keeps these rows, which must rise, and drops the others. */
  keepRows(kept: readonly number[]): void {
    for (const [i, { heads, width }] of this.#slots.entries()) {
      const row = heads * this.#length * width;
      for (const [at, from] of kept.entries()) this.#current[i]?.copyWithin(at * row, from * row, (from + 1) * row);
    }
    this.#rows = kept.length;
  }

  /** A cache with `rows` copies of the first `length` tokens of this one's first row. */
  repeated(rows: number, length: number): KeyValueCache {
    const copy = new KeyValueCache(this.#library, this.#slots);
    copy.#rows = rows;
    copy.#length = length;
    for (const [i, slot] of this.#slots.entries()) {
      const { heads, width } = slot;
      const target = allocate(slot, copy.#size(slot, length + growth));
      for (let head = 0; head < heads; head += 1) {
        const from = head * this.#length * width;
        const values = this.#current[i]?.subarray(from, from + length * width) ?? [];
        for (let row = 0; row < rows; row += 1) target.set(values, (row * heads + head) * length * width);
      }
      copy.#current[i] = target;
    }
    return copy;
  }

  #tensors(of: readonly Numbers[], side: 'past' | 'present', length: number): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [i, slot] of this.#slots.entries()) {
      const values = of[i]?.subarray(0, this.#size(slot, length)) ?? allocate(slot, 0);
      const shape = [this.#rows, slot.heads, length, slot.width];
      tensors[slot[side]] =
        values instanceof Float32Array
          ? new this.#library.Tensor('float32', values, shape)
          : // ONNX Runtime cannot read a Float16Array, which its own class would make of them: the bits go under another name.
            Object.assign(new this.#library.Tensor('uint16', values, shape), { type: 'float16' as const });
    }
    return tensors;
  }

  #size({ heads, width }: KeyValueSlot, length: number): number {
    return this.#rows * heads * length * width;
  }
}

function allocate({ type }: KeyValueSlot, size: number): Numbers {
  return type === 'float32' ? new Float32Array(size) : new Uint16Array(size);
}
