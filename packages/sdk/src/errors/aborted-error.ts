import type { GenerateResult } from '../spec/result.ts';
import { TollgateError } from './tollgate-error.ts';

/** The caller's signal fired. What had been produced and charged until then is in `partial`. */
export class AbortedError extends TollgateError {
  readonly partial: GenerateResult | undefined;

  constructor(message: string, options: { readonly partial?: GenerateResult; readonly cause?: unknown } = {}) {
    super('aborted', message, options.cause === undefined ? undefined : { cause: options.cause });
    this.partial = options.partial;
  }

  static override isInstance(value: unknown): value is AbortedError {
    return TollgateError.isInstance(value) && value.code === 'aborted';
  }
}
