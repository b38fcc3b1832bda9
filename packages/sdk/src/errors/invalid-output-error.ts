import type { GenerateResult } from '../spec/result.ts';
import { TollgateError } from './tollgate-error.ts';

/** A model answered, and not with what was asked for. The answer is paid, and is in `result`. */
export class InvalidOutputError extends TollgateError {
  readonly result: GenerateResult;
  /** How the answer misses what was asked for, in one sentence. */
  readonly issue: string;

  constructor(message: string, { result, issue }: { readonly result: GenerateResult; readonly issue: string }) {
    super('invalid-output', message);
    this.result = result;
    this.issue = issue;
    this.charges = result.charges;
  }

  static override isInstance(value: unknown): value is InvalidOutputError {
    return TollgateError.isInstance(value) && value.code === 'invalid-output';
  }
}
