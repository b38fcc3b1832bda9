import type { CallContext } from '../spec/context.ts';

/** US dollars that the budgets around an agent still allow, by the one that allows the least; undefined without a limit. */
export async function leftUsd({ guards, scopes }: CallContext): Promise<number | undefined> {
  const advice = await Promise.all(guards.map(async (guard) => guard.afford(scopes)));
  const left = advice.flatMap(({ limitedBy, now }) => (limitedBy === undefined ? [] : [now.usd]));
  return left.length === 0 ? undefined : Math.min(...left);
}

/**
 * Counts a turn of the agent whose context this is, for limits on turns.
 *
 * @throws BudgetExceededError, MissingScopeError.
 */
export async function countTurn({ guards, scopes, span }: CallContext, turn: number): Promise<void> {
  for (const guard of guards) await guard.countTurn?.({ turnKey: `${span.id}:${turn}`, scopes });
}
