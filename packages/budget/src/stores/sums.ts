import type { Balance } from './store.ts';

const settled = 0;
const held = 1;
const overrun = 2;

/** Sums over attempts, in one dimension: exact whatever their size. */
export class Sums implements Balance {
  /** Changed in place, where a bigint in a field would be a new object each time. Range [0, 2^62), so that adding up two has room in 64 bits. */
  readonly #near = new BigInt64Array(3);
  /** What had no room there. */
  #far: Balance | undefined;

  get settled(): bigint {
    const near = this.#near[settled] as bigint;
    return this.#far === undefined ? near : near + this.#far.settled;
  }

  get held(): bigint {
    const near = this.#near[held] as bigint;
    return this.#far === undefined ? near : near + this.#far.held;
  }

  get overrun(): bigint {
    const near = this.#near[overrun] as bigint;
    return this.#far === undefined ? near : near + this.#far.overrun;
  }

  add(change: Balance): void {
    const near = this.#near;
    const nextSettled = (near[settled] as bigint) + change.settled;
    const nextHeld = (near[held] as bigint) + change.held;
    const nextOverrun = (near[overrun] as bigint) + change.overrun;
    const bits = nextSettled | nextHeld | nextOverrun;
    if (BigInt.asUintN(62, bits) === bits) {
      near[settled] = nextSettled;
      near[held] = nextHeld;
      near[overrun] = nextOverrun;
    } else {
      this.#far = sumOf(change, this.#far ?? nothing);
    }
  }
}

const nothing: Balance = { settled: 0n, held: 0n, overrun: 0n };

function sumOf(one: Balance, other: Balance): Balance {
  return {
    settled: one.settled + other.settled,
    held: one.held + other.held,
    overrun: one.overrun + other.overrun,
  };
}
