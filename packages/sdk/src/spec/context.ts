import type { SpendGuard } from './spend-guard.ts';
import type { Span } from './trace.ts';

/** Who or what a call is for: a flat record of kinds and ids, for example `{ user: 'ada', task: 'fix-142' }`. */
export type Scopes = { readonly [kind: string]: string };

/** Time, injected. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since any fixed point, never going back. For durations. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. Leaves no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance, injected. Forks depend on the seed and the labels only, so concurrency cannot change a seeded run. */
export interface RandomSource {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, bound). */
  int(bound: number): number;
  /** An independent source named by `label`. The same label gives the same source. */
  fork(label: string): RandomSource;
}

/**
 * What travels with a request through wrappers and strategies, explicitly.
 *
 * A wrapper hands down `childContext(context, label)`; it never edits the one it got.
 */
export interface CallContext {
  /** Every guard that must admit an attempt before it is sent. Grows on the way down, never shrinks. */
  readonly guards: readonly SpendGuard[];
  readonly scopes: Scopes;
  /** Where decisions are written. */
  readonly span: Span;
  readonly random: RandomSource;
  readonly clock: Clock;
  /** Milliseconds since the epoch after which no new attempt starts. */
  readonly deadline?: number;
  /** Places in queues that are held for this call, outermost first. A queue lends a place to the calls below it. */
  readonly places?: readonly unknown[];
}
