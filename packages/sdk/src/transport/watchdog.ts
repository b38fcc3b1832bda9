import type { Clock } from '../spec/context.ts';

// Every watch is stopped: without a reason of its own, each abort() would build a DOMException.
const stopped = 'the watch has ended';

// The longest that timers can wait.
const longestMs = 2 ** 31 - 1;

/** What a watchdog watches for. */
export interface WatchdogOptions {
  readonly clock: Clock;
  /** Milliseconds without a sign of life. */
  readonly idleTimeoutMs: number;
  /** Milliseconds altogether. */
  readonly timeoutMs?: number | undefined;
  /** The caller's own signal, which the watchdog's signal follows. */
  readonly signal?: AbortSignal | undefined;
}

/** Fires when a connection is silent for too long or takes too long altogether. */
export interface Watchdog {
  /** Fires with the caller's signal, and when time is up. */
  readonly signal: AbortSignal;
  /** Which limit was passed, in words; undefined while none is. */
  readonly expired: string | undefined;
  /** There was a sign of life. */
  touch(): void;
  /** Ends the watch and leaves no timer behind. */
  stop(): void;
}

/** Starts a watch. One timer serves all signs of life: they only move the time it looks at. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  return new ClockWatchdog(options);
}

class ClockWatchdog implements Watchdog {
  readonly signal: AbortSignal;
  readonly #options: WatchdogOptions;
  readonly #bark = new AbortController();
  readonly #stopped = new AbortController();
  readonly #startedAtMs: number;
  #lifeAtMs: number;
  #expired: string | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.monotonic();
    this.#lifeAtMs = this.#startedAtMs;
    this.signal =
      options.signal === undefined ? this.#bark.signal : AbortSignal.any([options.signal, this.#bark.signal]);
    void this.#watch();
  }

  get expired(): string | undefined {
    return this.#expired;
  }

  touch(): void {
    this.#lifeAtMs = this.#options.clock.monotonic();
  }

  stop(): void {
    this.#stopped.abort(stopped);
  }

  async #watch(): Promise<void> {
    const { clock, idleTimeoutMs, timeoutMs = Number.POSITIVE_INFINITY } = this.#options;
    while (!this.#stopped.signal.aborted) {
      const nowMs = clock.monotonic();
      const idleLeftMs = this.#lifeAtMs + idleTimeoutMs - nowMs;
      const totalLeftMs = this.#startedAtMs + timeoutMs - nowMs;
      if (idleLeftMs <= 0 || totalLeftMs <= 0) {
        this.#expired =
          totalLeftMs <= 0
            ? `took longer than timeoutMs (${timeoutMs})`
            : `was silent for idleTimeoutMs (${idleTimeoutMs})`;
        this.#bark.abort();
        return;
      }
      try {
        await clock.sleep(Math.min(idleLeftMs, totalLeftMs, longestMs), this.#stopped.signal);
      } catch {
        return;
      }
    }
  }
}
