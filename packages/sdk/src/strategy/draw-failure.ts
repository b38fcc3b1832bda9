import { TollgateError } from '../errors/tollgate-error.ts';

/**
 * What a failed draw or score means to a core: money ran out, a source failed, or neither — then the error is the
 * caller's to mend (a wrong option, a missing library, a recording that ends) and no strategy may hide it.
 */
export function drawFailure(error: unknown): 'budget' | 'failed' | 'not-for-cores' {
  if (!TollgateError.isInstance(error)) return 'not-for-cores';
  switch (error.code) {
    case 'budget-exceeded':
    case 'budget-busy':
      return 'budget';
    case 'call-failed':
    case 'stream-truncated':
      return 'failed';
    default:
      return 'not-for-cores';
  }
}

/** A core that goes round this often without deciding is broken. */
export const maxActions = 100_000;
