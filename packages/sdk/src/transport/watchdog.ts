import { systemClock } from '../leaf/system-clock.ts';

// The longest that timers can wait.
const longestMs = 2 ** 31 - 1;

/** What a watchdog watches for. */
export interface WatchdogOptions {
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
  /** Ends the watch and leaves no timer and no listener behind. */
  stop(): void;
}

/**
 * Starts a watch. One timer serves all signs of life: they only move the time it looks at. Sockets live in the machine's
 * time, also where the program's own time is a test's.
 */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  return new TimerWatchdog(options);
}

class TimerWatchdog implements Watchdog {
  readonly #options: WatchdogOptions;
  readonly #bark = new AbortController();
  readonly #startedAtMs = systemClock.monotonic();
  #lifeAtMs = this.#startedAtMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired: string | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    // By hand: AbortSignal.any costs several times as much, and this watch knows when it is over.
    options.signal?.addEventListener('abort', this.#follow, { once: true });
    if (options.signal?.aborted === true) this.#follow();
    this.#look();
  }

  get signal(): AbortSignal {
    return this.#bark.signal;
  }

  get expired(): string | undefined {
    return this.#expired;
  }

  touch(): void {
    this.#lifeAtMs = systemClock.monotonic();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#follow);
  }

  readonly #follow = (): void => this.#bark.abort(this.#options.signal?.reason);

  readonly #look = (): void => {
    const { idleTimeoutMs, timeoutMs = Number.POSITIVE_INFINITY } = this.#options;
    const nowMs = systemClock.monotonic();
    const idleLeftMs = this.#lifeAtMs + idleTimeoutMs - nowMs;
    const totalLeftMs = this.#startedAtMs + timeoutMs - nowMs;
    if (idleLeftMs > 0 && totalLeftMs > 0) {
      this.#timer = setTimeout(this.#look, Math.min(idleLeftMs, totalLeftMs, longestMs));
      return;
    }
    this.#expired =
      totalLeftMs <= 0
        ? `took longer than timeoutMs (${timeoutMs})`
        : `was silent for idleTimeoutMs (${idleTimeoutMs})`;
    this.#bark.abort();
  };
}
