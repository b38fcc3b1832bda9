import { InvalidOptionError } from '../errors/invalid-option-error.ts';

/** A place among the calls that may run at once. */
class Place {
  readonly limiter: Limiter;
  /** The place of a call above, which waits for this one meanwhile. */
  readonly lender: Place | undefined;
  lent = false;
  ended = false;

  constructor(limiter: Limiter, lender: Place | undefined) {
    this.limiter = limiter;
    this.lender = lender;
    if (lender !== undefined) lender.lent = true;
  }
}

interface Waiter {
  readonly above: Place | undefined;
  readonly take: (place: Place | undefined) => void;
}

/**
 * A number of places, given in the order of asking. Share one among models that stand on the same quota.
 *
 * A call that runs below another one of the same limiter (a strategy and its source, both limited) may use the other's place
 * while that one waits for it, so that nested calls cannot wait for themselves. Never more than `max` run at the bottom.
 */
export class Limiter {
  readonly max: number;
  #running = 0;
  #waiting: Waiter[] = [];

  constructor(max: number) {
    if (!Number.isInteger(max) || max < 1) {
      throw new InvalidOptionError('max', `max must be a whole number 1 or more, received ${max}.`);
    }
    this.max = max;
  }

  /** Places that are taken. */
  get running(): number {
    return this.#running;
  }

  /** Calls that wait for a place. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @internal A place at once, or undefined where one has to queue. */
  tryTake(places: readonly unknown[] = []): Place | undefined {
    const above = this.#lowestOf(places);
    if (above !== undefined && !above.lent) return new Place(this, above);
    return this.#running < this.max ? this.#open() : undefined;
  }

  /** @internal Queues. `leave` gives up: the place is then undefined, unless it was given before. */
  queue(places: readonly unknown[] = []): { readonly place: Promise<Place | undefined>; readonly leave: () => void } {
    const { promise, resolve } = Promise.withResolvers<Place | undefined>();
    const waiter: Waiter = { above: this.#lowestOf(places), take: resolve };
    this.#waiting.push(waiter);
    return {
      place: promise,
      leave: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        resolve(undefined);
      },
    };
  }

  /** @internal Ends a place that `tryTake` or `queue` gave. */
  free(place: Place): void {
    place.ended = true;
    if (!place.lent) this.#pass(place);
  }

  /** Passes a place on: a lent one to others below its lender, any other to whoever waits longest. */
  #pass({ lender }: Place): void {
    if (lender === undefined) {
      this.#running -= 1;
      this.#waiting.shift()?.take(this.#open());
      return;
    }
    lender.lent = false;
    if (lender.ended) {
      this.#pass(lender);
      return;
    }
    const next = this.#waiting.findIndex(({ above }) => above === lender);
    if (next !== -1) this.#waiting.splice(next, 1)[0]?.take(new Place(this, lender));
  }

  #open(): Place {
    this.#running += 1;
    return new Place(this, undefined);
  }

  #lowestOf(places: readonly unknown[]): Place | undefined {
    return places.findLast((place): place is Place => place instanceof Place && place.limiter === this);
  }
}
