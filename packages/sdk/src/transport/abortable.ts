/** Who hears of an abort: as for `AbortSignal`, a function or an object. An object needs no closure of its own. */
export type AbortListener = (() => void) | { handleEvent(): void };

/** What transports need of an `AbortSignal`, which costs over a kilobyte as soon as somebody listens to it. */
export interface Abortable {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: AbortListener, options: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
  /** Where somebody watches for signs of life: there was one. */
  touch?(): void;
}

/** Where a request of ours says by what it is given up, besides its `signal`, which is made only when somebody reads it. */
export const givenUpBy: unique symbol = Symbol.for('tollgate.given-up-by') as never;
