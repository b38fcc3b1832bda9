import { AbortedError, type Clock } from '@tollgate/sdk';
import type { ScopePair } from './scope-pair.ts';

/** What a try came to: a value, or the scope whose calls in flight stand in the way. */
export type Tried<T> = { readonly value: T } | { readonly busy: ScopePair };

interface Waiter {
  /** The scope that the last try met with. */
  scope: ScopePair;
  /** Something was given back since the last try. */
  hasNews: boolean;
  wake: () => void;
}

/** Longest time until a waiter looks again: another process may have given something back. */
const longestPauseMs = 1000;

/**
 * Calls that wait for what others in flight hold, served in the order in which they came: a line for each scope whose
 * limit is in the way. Whoever spends from such a scope goes behind those who wait for it; others do not meet.
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The scope among these that somebody is waiting for. */
  ahead(scopes: readonly ScopePair[]): ScopePair | undefined {
    if (this.#waiters.size === 0) return undefined;
    for (const { scope } of this.#waiters) if (scopes.some((each) => isSame(each, scope))) return scope;
    return undefined;
  }

  /** Something was given back: the first of every line looks again. */
  rouse(): void {
    if (this.#waiters.size === 0) return;
    const lines = new Set<string>();
    for (const waiter of this.#waiters) {
      const line = JSON.stringify([waiter.scope.kind, waiter.scope.id]);
      if (lines.has(line)) continue;
      lines.add(line);
      waiter.hasNews = true;
      waiter.wake();
    }
  }

  /**
   * Stands in the line of `scope` and tries whenever something was given back, until a try gives a value. `pauseMs` is how
   * long to wait at first for news that does not come.
   *
   * @throws AbortedError when the signal fires, and whatever a try throws.
   */
  async wait<T>(
    scope: ScopePair,
    attempt: () => Promise<Tried<T>>,
    { pauseMs, signal }: { readonly pauseMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<T> {
    const waiter: Waiter = { scope, hasNews: false, wake: () => undefined };
    this.#waiters.add(waiter);
    try {
      for (let pause = pauseMs; ; ) {
        const wasRoused = await this.#news(waiter, pause, signal);
        pause = wasRoused ? pauseMs : Math.min(2 * pause, longestPauseMs);
        if (!this.#isFirst(waiter)) continue;
        const tried = await attempt();
        if ('value' in tried) return tried.value;
        waiter.scope = tried.busy;
      }
    } finally {
      this.#waiters.delete(waiter);
      this.rouse();
    }
  }

  #isFirst(waiter: Waiter): boolean {
    for (const other of this.#waiters) if (isSame(other.scope, waiter.scope)) return other === waiter;
    return true;
  }

  /** Waits for news, or for the pause to be over; says which. */
  async #news(waiter: Waiter, pauseMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const roused = new AbortController();
    waiter.wake = () => roused.abort();
    if (!waiter.hasNews) {
      const either = signal === undefined ? roused.signal : AbortSignal.any([signal, roused.signal]);
      await this.#clock.sleep(pauseMs, either).catch(() => undefined);
    }
    if (signal?.aborted === true) {
      throw new AbortedError('The call was aborted while it waited for what calls in flight hold.', {
        cause: signal.reason,
      });
    }
    const hadNews = waiter.hasNews;
    waiter.hasNews = false;
    return hadNews;
  }
}

function isSame(one: ScopePair, other: ScopePair): boolean {
  return one.kind === other.kind && one.id === other.id;
}
