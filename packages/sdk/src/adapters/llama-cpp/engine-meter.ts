import type { Clock } from '../../spec/context.ts';

/**
 * Divides the wall time of an engine among what runs on it at the same time, by the tokens each puts into a batch. So
 * shares add up to the time in which anything ran, and never to more.
 *
 * Kept as one running sum of time per token (processor sharing): starting, stopping and reading are O(1).
 */
export class EngineMeter {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #tokens = 0;
  #msPerToken = 0;
  #countedAt = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Begins a share that puts so many tokens into each batch. Range [1, ∞). */
  start(tokens: number): EngineShare {
    return new EngineShare(this, tokens);
  }

  /** Milliseconds that a token in every batch has been charged until now. */
  count(changeOfTokens: number): number {
    const now = this.#clock.monotonic();
    if (this.#tokens > 0) this.#msPerToken += (now - this.#countedAt) / this.#tokens;
    this.#countedAt = now;
    this.#tokens += changeOfTokens;
    return this.#msPerToken;
  }
}

/** What one sample, or the evaluation of one prompt, has of the engine's time. */
export class EngineShare {
  readonly #meter: EngineMeter;
  readonly #tokens: number;
  readonly #from: number;
  #ms: number | undefined;

  constructor(meter: EngineMeter, tokens: number) {
    this.#meter = meter;
    this.#tokens = tokens;
    this.#from = meter.count(tokens);
  }

  /** Ends the share; again changes nothing. Gives its seconds. */
  stop(): number {
    this.#ms ??= (this.#meter.count(-this.#tokens) - this.#from) * this.#tokens;
    return this.#ms / 1000;
  }
}
