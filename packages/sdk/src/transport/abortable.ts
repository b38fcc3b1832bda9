/** What transports need of an `AbortSignal`, which costs over a kilobyte as soon as somebody listens to it. */
export interface Abortable {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Where a request of ours says by what it is given up, besides its `signal`, which is made only when somebody reads it. */
export const givenUpBy: unique symbol = Symbol.for('tollgate.given-up-by') as never;
