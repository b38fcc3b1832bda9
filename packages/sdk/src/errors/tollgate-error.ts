import type { Charge } from '../spec/result.ts';

/** What went wrong, for code that decides by it. */
export type ErrorCode =
  | 'invalid-option'
  | 'invalid-file'
  | 'missing-library'
  | 'missing-key'
  | 'missing-scope'
  | 'store-unavailable'
  | 'sandbox-unavailable'
  | 'missing-weights'
  | 'insufficient-memory'
  | 'unknown-price'
  | 'unknown-reference'
  | 'budget-exceeded'
  | 'budget-busy'
  | 'call-failed'
  | 'stream-truncated'
  | 'invalid-output'
  | 'aborted'
  | 'closed'
  | 'cassette-miss'
  | 'abstained'
  | 'exhausted'
  | 'unexpected-call'
  | 'internal';

const brand = Symbol.for('tollgate.error');

/**
 * The base of every error that Tollgate throws. Recognised across duplicated copies of the package.
 *
 * @example
 * try { await model.generate(request); } catch (error) {
 *   if (TollgateError.isInstance(error) && error.code === 'budget-exceeded') tell(error.message);
 * }
 */
export class TollgateError extends Error {
  readonly code: ErrorCode;
  readonly [brand] = true as const;
  /** What attempts that ended in this error cost. Empty where nothing was sent or nothing was billed. */
  charges: readonly Charge[] = [];

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }

  static isInstance(value: unknown): value is TollgateError {
    return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;
  }
}
