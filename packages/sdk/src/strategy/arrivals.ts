import { TollgateError } from '../errors/tollgate-error.ts';

/** Work that was launched, in the order in which it ends. None of it may reject: a failure is an outcome, too. */
export class Arrivals<Outcome> {
  readonly #inFlight = new Set<Promise<void>>();
  readonly #arrived: Outcome[] = [];

  launch(work: Promise<Outcome>): void {
    const arriving = work.then((outcome) => {
      this.#inFlight.delete(arriving);
      this.#arrived.push(outcome);
    });
    this.#inFlight.add(arriving);
  }

  /**
   * The next outcome.
   *
   * @throws TollgateError `internal` when nothing is in flight.
   */
  async next(): Promise<Outcome> {
    if (this.#arrived.length === 0 && this.#inFlight.size > 0) await Promise.race(this.#inFlight);
    const next = this.#arrived.shift();
    if (next === undefined) throw new TollgateError('internal', 'The core waits, and nothing is in flight.');
    return next;
  }

  /** All outcomes that nobody has taken, once everything has ended. */
  async rest(): Promise<readonly Outcome[]> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    return this.#arrived.splice(0);
  }
}
