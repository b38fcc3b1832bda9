import type { Clock } from '../spec/context.ts';

/** Ends an attempt at a moment that a budget set: where a limit counts seconds, these are all there are. */
export class CutOff {
  /** Fires at that moment, or with the caller's own signal. */
  readonly signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #timer = new AbortController();

  constructor(atMs: number, clock: Clock, callerSignal: AbortSignal | undefined) {
    this.signal = callerSignal === undefined ? this.#over.signal : AbortSignal.any([callerSignal, this.#over.signal]);
    const end = (): void => this.#over.abort(new SecondsUsedUp());
    clock.sleep(Math.max(0, atMs - clock.now()), this.#timer.signal).then(end, () => undefined);
  }

  /** The moment came while the attempt was under way. */
  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Takes the timer away. */
  stop(): void {
    this.#timer.abort();
  }
}

class SecondsUsedUp extends Error {
  override readonly name = 'SecondsUsedUp';
  override readonly message = 'The seconds that the budget left are used up.';
}
