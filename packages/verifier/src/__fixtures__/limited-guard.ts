import { BudgetBusyError, BudgetExceededError, type SpendGuard } from '@tollgate/sdk';

const nothing = { usd: 0, nanoUsd: '0' };
const refusal = {
  scope: { kind: 'run', id: 'r' },
  dimension: 'calls',
  cap: 0,
  settled: 0,
  held: 0,
  asked: 1,
} as const;

/** A guard that admits so many attempts in all, or so many at a time. Every attempt costs $0.001. */
export function limitedGuard(limit: { readonly calls: number } | { readonly atOnce: number }): SpendGuard {
  let admitted = 0;
  let held = 0;
  const guard: SpendGuard = {
    ledgerId: 'limited',
    combine: () => guard,
    admit: async ({ request }) => {
      if ('calls' in limit && admitted >= limit.calls) throw new BudgetExceededError('no calls left', refusal);
      if ('atOnce' in limit && held >= limit.atOnce) throw new BudgetBusyError('held by others', refusal, 1);
      admitted += 1;
      held += 1;
      return {
        request,
        fitted: false,
        settle: async () => {
          held -= 1;
          return { cost: { usd: 0.001, nanoUsd: '1000000' }, priceKnown: 'list' };
        },
        release: async () => {
          held -= 1;
        },
      };
    },
    afford: async () => ({ now: nothing, afterInFlight: nothing }),
  };
  return guard;
}
