import { AbortedError, type Clock } from '@tollgate/sdk';
import type { ScopePair } from './scope-pair.ts';

interface Waiter {
  readonly scopes: readonly ScopePair[];
  wake: () => void;
}

/** Longest time until a waiter looks again: another process may have given money back. */
const longestPauseMs = 1000;

/**
 * Calls that wait for what others in flight hold, served in the order in which they came. Two calls that share a scope
 * never overtake one another; others do not meet.
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody with one of these scopes is waiting. */
  isAhead(scopes: readonly ScopePair[]): boolean {
    for (const waiter of this.#waiters) if (shares(waiter.scopes, scopes)) return true;
    return false;
  }

  /** Something was given back: whoever waits looks again. */
  rouse(): void {
    for (const waiter of this.#waiters) waiter.wake();
  }

  /**
   * Tries until `attempt` gives a value, whenever something was given back and nobody is ahead. `pauseMs` is how long to
   * wait at first for news that does not come.
   *
   * @throws AbortedError when the signal fires, and whatever `attempt` throws.
   */
  async wait<T>(
    scopes: readonly ScopePair[],
    attempt: () => Promise<T | undefined>,
    { pauseMs, signal }: { readonly pauseMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<T> {
    const waiter: Waiter = { scopes, wake: () => undefined };
    this.#waiters.add(waiter);
    try {
      for (let pause = pauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
        await this.#news(waiter, pause, signal);
        if (this.#isBehind(waiter)) continue;
        const value = await attempt();
        if (value !== undefined) return value;
      }
    } finally {
      this.#waiters.delete(waiter);
      this.rouse();
    }
  }

  #isBehind(waiter: Waiter): boolean {
    for (const other of this.#waiters) {
      if (other === waiter) return false;
      if (shares(other.scopes, waiter.scopes)) return true;
    }
    return false;
  }

  async #news(waiter: Waiter, pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
    const roused = new AbortController();
    waiter.wake = () => roused.abort();
    const either = signal === undefined ? roused.signal : AbortSignal.any([signal, roused.signal]);
    await this.#clock.sleep(pauseMs, either).catch(() => undefined);
    if (signal?.aborted === true) {
      throw new AbortedError('The call was aborted while it waited for money that calls in flight hold.', {
        cause: signal.reason,
      });
    }
  }
}

function shares(some: readonly ScopePair[], others: readonly ScopePair[]): boolean {
  return some.some(({ kind, id }) => others.some((other) => other.kind === kind && other.id === id));
}
