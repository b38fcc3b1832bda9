import type { EffortLevel, GenerateRequest } from '@tollgate/sdk';
import { risingLevels } from '../effort/effort-gains.ts';

/**
 * The request at the level down to which a budget may go; undefined where it is there already, and where the request goes
 * on with a conversation or marks a prompt to be cached: at another level, providers read a cached prompt anew.
 */
export function atLowerEffort(request: GenerateRequest, allowed: EffortLevel | undefined): GenerateRequest | undefined {
  if (allowed === undefined || request.sessionKey !== undefined || marksCache(request)) return undefined;
  const { effort } = request;
  const isLower = effort === undefined || risingLevels.indexOf(effort) > risingLevels.indexOf(allowed);
  return isLower ? { ...request, effort: allowed } : undefined;
}

function marksCache({ messages }: GenerateRequest): boolean {
  return messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => 'cache' in part && part.cache !== undefined),
  );
}

/** The level down to which two budgets may go together; undefined where one of them allows none. */
export function bothAllow(one: EffortLevel | undefined, other: EffortLevel | undefined): EffortLevel | undefined {
  if (one === undefined || other === undefined) return undefined;
  return risingLevels.indexOf(one) > risingLevels.indexOf(other) ? one : other;
}
