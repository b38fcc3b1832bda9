import { outOfRange } from './out-of-range.ts';
import { absorb, advance } from './sfc32.ts';

const ROOT_KEY = Int32Array.of(0, 0, 0, 1);
const TWO_TO_26 = 2 ** 26;
const TWO_TO_32 = 2 ** 32;
const TWO_TO_53 = 2 ** 53;

/** A position in a seeded sequence, as plain JSON. Opaque: only `restoreRandom` reads it. */
export interface RandomState {
  /** Identity of the seed and the fork labels; draws leave it alone. Four signed 32-bit integers. */
  readonly key: readonly number[];
  /** Position in the sequence. Four signed 32-bit integers. */
  readonly words: readonly number[];
}

/** A seeded source of random numbers. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), with 53 random bits. */
  next(): number;
  /**
   * Uniform whole number in [0, n). The bias is at most n / 2^53, which no run can detect.
   *
   * @throws RangeError when `n` is not a whole number in [1, 2^32].
   */
  int(n: number): number;
  /** Normal with mean 0 and standard deviation 1. Uses two draws. */
  normal(): number;
  /** A shuffled copy. */
  shuffle<T>(array: readonly T[]): T[];
  /**
   * An independent source for one part of the work.
   *
   * It depends on the seed and on the labels from the root down to here, never on how many numbers were drawn, so
   * concurrent parts see the same numbers in any order. Forking twice with one label gives the same sequence twice.
   */
  fork(label: string): Random;
  /** The current position. Taking it draws nothing. */
  readonly state: RandomState;
}

/**
 * Creates a seeded source: the same seed gives the same numbers on every machine (`normal` up to the last bits of the
 * engine's `Math.log` and `Math.cos`). The number 1 and the text "1" are different seeds.
 *
 * @throws RangeError when a numeric seed is not finite.
 * @example
 * const random = createRandom('run-7');
 * const forTask = random.fork('task-12');
 * forTask.int(6); // the same whatever `random` has drawn
 */
export function createRandom(seed: number | string): Random {
  if (typeof seed === 'number' && !Number.isFinite(seed)) throw outOfRange('seed', 'a finite number or text', seed);
  const key = absorb(ROOT_KEY, `${typeof seed}:${seed}`);
  return new SeededRandom(key, key);
}

/**
 * Continues the sequence, and its forks, from a stored `state`.
 *
 * @throws RangeError when `state` does not hold two lists of four signed 32-bit integers.
 * @example
 * restoreRandom(JSON.parse(JSON.stringify(random.state)) as RandomState).next() === random.next(); // true
 */
export function restoreRandom(state: RandomState): Random {
  return new SeededRandom(toWords('state.key', state.key), toWords('state.words', state.words));
}

class SeededRandom implements Random {
  readonly #key: Int32Array;
  readonly #words: Int32Array;

  constructor(key: Int32Array, words: Int32Array) {
    this.#key = key;
    this.#words = Int32Array.from(words);
  }

  next(): number {
    const high = advance(this.#words) >>> 5;
    const low = advance(this.#words) >>> 6;
    return (high * TWO_TO_26 + low) / TWO_TO_53;
  }

  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_TO_32) throw outOfRange('n', 'a whole number in [1, 2^32]', n);
    return Math.floor(this.next() * n);
  }

  normal(): number {
    // Box-Muller. The second value of the pair is dropped: keeping it would be state that `state` must carry.
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  shuffle<T>(array: readonly T[]): T[] {
    // Fisher-Yates.
    const copy = [...array];
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const chosen = this.int(last + 1);
      const held = copy[last] as T;
      copy[last] = copy[chosen] as T;
      copy[chosen] = held;
    }
    return copy;
  }

  fork(label: string): Random {
    const key = absorb(this.#key, label);
    return new SeededRandom(key, key);
  }

  get state(): RandomState {
    return { key: [...this.#key], words: [...this.#words] };
  }
}

function toWords(parameter: string, values: readonly number[]): Int32Array {
  // The first test is for stored JSON that is not a list at all.
  if (!Array.isArray(values) || values.length !== 4 || values.some((value) => value !== (value | 0))) {
    throw outOfRange(parameter, 'a list of four signed 32-bit integers', values);
  }
  return Int32Array.from(values);
}
