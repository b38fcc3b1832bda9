import { TollgateError } from '../errors/tollgate-error.ts';
import type { StrategyEvent } from '../spec/strategy-core.ts';

/**
 * What a failed draw or score means to a core: money ran out, a source failed, or neither — then the error is the
 * caller's to mend (a wrong option, a missing library, a recording that ends) and no strategy may hide it.
 */
function drawFailure(error: unknown): 'budget' | 'failed' | 'not-for-cores' {
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

/**
 * A failure as a core is told of it.
 *
 * @throws the error itself where no core may hide it.
 */
export function failureEvent(
  error: unknown,
  from: number,
  action: Extract<StrategyEvent, { type: 'failed' }>['action'],
  candidates?: readonly string[],
): StrategyEvent {
  if (!TollgateError.isInstance(error)) throw error;
  switch (drawFailure(error)) {
    case 'budget':
      return { type: 'budget', from, refused: action, ...(candidates !== undefined && { candidates }) };
    case 'failed':
      return { type: 'failed', from, action, code: error.code, ...(candidates !== undefined && { candidates }) };
    default:
      throw error;
  }
}

/** A core that goes round this often without deciding is broken. */
export const maxActions = 100_000;
