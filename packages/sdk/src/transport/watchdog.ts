import { systemClock } from '../leaf/system-clock.ts';
import type { Abortable, AbortListener } from './abortable.ts';

// The longest that timers can wait.
const longestMs = 2 ** 31 - 1;

/** What a watchdog watches for. */
export interface WatchdogOptions {
  /** Milliseconds without a sign of life. */
  readonly idleTimeoutMs: number;
  /** Milliseconds altogether. */
  readonly timeoutMs?: number | undefined;
}

/** Fires when a connection is silent for too long or takes too long altogether. */
export interface Watchdog extends Abortable {
  /** Fires with the caller's signal, and when time is up, as the watchdog itself does. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Which limit was passed, in words; undefined while none is. */
  readonly expired: string | undefined;
  /** There was a sign of life. */
  touch(): void;
  /** Ends the watch and leaves no timer and no listener behind. */
  stop(): void;
}

/**
 * Starts a watch, whose signal follows the caller's own. Signs of life only move the time that it looks at. Sockets live in
 * the machine's time, also where the program's own time is a test's.
 */
export function startWatchdog(options: WatchdogOptions, signal?: AbortSignal): Watchdog {
  return new TimerWatchdog(options, signal);
}

class TimerWatchdog implements Watchdog {
  readonly #options: WatchdogOptions;
  readonly #callerSignal: AbortSignal | undefined;
  #bark: AbortController | undefined;
  /** Mostly one. */
  #listeners: AbortListener | readonly AbortListener[] | undefined;
  aborted = false;
  reason: unknown;
  readonly #startedAtMs = wholeMs();
  #lifeAtMs = this.#startedAtMs;
  #expired: string | undefined;

  constructor(options: WatchdogOptions, callerSignal: AbortSignal | undefined) {
    this.#options = options;
    this.#callerSignal = callerSignal;
    // By hand: AbortSignal.any costs several times as much, and this watch knows when it is over.
    callerSignal?.addEventListener('abort', this, { once: true });
    if (callerSignal?.aborted === true) this.handleEvent();
    watch(this, Math.min(options.idleTimeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY));
  }

  get signal(): AbortSignal {
    if (this.#bark === undefined) {
      this.#bark = new AbortController();
      if (this.aborted) this.#bark.abort(this.reason);
    }
    return this.#bark.signal;
  }

  addEventListener(_type: 'abort', listener: AbortListener): void {
    // A list that grows, or that is spread into another, has room for seventeen.
    this.#listeners = this.#listeners === undefined ? listener : Array.of(...listOf(this.#listeners), listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    const left = listOf(this.#listeners).filter((each) => each !== listener);
    this.#listeners = left.length > 1 ? left : left[0];
  }

  get expired(): string | undefined {
    return this.#expired;
  }

  touch(): void {
    this.#lifeAtMs = wholeMs();
  }

  stop(): void {
    unwatch(this);
    this.#callerSignal?.removeEventListener('abort', this);
  }

  /** The caller's signal fired. */
  handleEvent(): void {
    this.#abort(this.#callerSignal?.reason);
  }

  #abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#bark?.abort(reason);
    const listeners = listOf(this.#listeners);
    this.#listeners = undefined;
    for (const listener of listeners) {
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
  }

  /** Milliseconds that are left; fires where none are. */
  look(nowMs: number): number {
    const { idleTimeoutMs, timeoutMs = Number.POSITIVE_INFINITY } = this.#options;
    const idleLeftMs = this.#lifeAtMs + idleTimeoutMs - nowMs;
    const totalLeftMs = this.#startedAtMs + timeoutMs - nowMs;
    const leftMs = Math.min(idleLeftMs, totalLeftMs);
    if (leftMs > 0) return leftMs;
    this.#expired =
      totalLeftMs <= 0
        ? `took longer than timeoutMs (${timeoutMs})`
        : `was silent for idleTimeoutMs (${idleTimeoutMs})`;
    unwatch(this);
    this.#abort(new DOMException(this.#expired, 'AbortError'));
    return Number.POSITIVE_INFINITY;
  }
}

// Up to 24 days, a whole number takes no place of its own.
function wholeMs(): number {
  return Math.ceil(systemClock.monotonic());
}

function listOf(listeners: AbortListener | readonly AbortListener[] | undefined): readonly AbortListener[] {
  if (listeners === undefined) return [];
  return isList(listeners) ? listeners : [listeners];
}

function isList(listeners: AbortListener | readonly AbortListener[]): listeners is readonly AbortListener[] {
  return Array.isArray(listeners);
}

// One timer for all of them: a timer of its own for each call in flight is a quarter of a kilobyte.
const watched = new Set<TimerWatchdog>();
let timer: ReturnType<typeof setTimeout> | undefined;
let dueMs = Number.POSITIVE_INFINITY;

/** Where many wait, they are looked after this often at most. */
const leastPauseMs = 5;

function watch(watchdog: TimerWatchdog, leftMs: number): void {
  watched.add(watchdog);
  lookAfter(leftMs, systemClock.monotonic());
}

function unwatch(watchdog: TimerWatchdog): void {
  watched.delete(watchdog);
  if (watched.size > 0) return;
  clearTimeout(timer);
  dueMs = Number.POSITIVE_INFINITY;
}

function lookAfter(leftMs: number, nowMs: number): void {
  if (nowMs + leftMs >= dueMs) return;
  dueMs = nowMs + leftMs;
  clearTimeout(timer);
  timer = setTimeout(lookAtAll, Math.min(leftMs, longestMs));
}

function lookAtAll(): void {
  dueMs = Number.POSITIVE_INFINITY;
  const nowMs = systemClock.monotonic();
  let leftMs = Number.POSITIVE_INFINITY;
  for (const watchdog of watched) leftMs = Math.min(leftMs, watchdog.look(nowMs));
  if (watched.size === 0) return;
  lookAfter(watched.size === 1 ? leftMs : Math.max(leftMs, leastPauseMs), nowMs);
}
