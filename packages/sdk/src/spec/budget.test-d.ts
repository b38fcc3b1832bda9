// Money around a leaf, a retry, a strategy and inside one another: the guard goes into the context, the leaf is held.
import type { CallContext, Scopes } from './context.ts';
import type { Model } from './model.ts';
import type { GenerateRequest } from './request.ts';
import type { GenerateResult } from './result.ts';
import type { Permit, SpendAsk, SpendGuard } from './spend-guard.ts';

declare const leaf: Model;
declare const judge: Model;
declare function withRetry(model: Model): Model;
declare function cascade(models: readonly Model[]): Model;
declare function guardedContext(context: CallContext, guard: SpendGuard, scopes?: Scopes): CallContext;
declare function rootContext(): CallContext;

/** A wrapper that never holds: it adds its guard and hands the request down. */
export function withBudget(model: Model, options: { readonly guard: SpendGuard; readonly scopes?: Scopes }): Model {
  const under = (request: GenerateRequest): GenerateRequest => ({
    ...request,
    context: guardedContext(request.context ?? rootContext(), options.guard, options.scopes),
  });
  return {
    specVersion: 1,
    provider: model.provider,
    modelId: model.modelId,
    capabilitiesFor: (request) => model.capabilitiesFor(request),
    generate: async (request) => model.generate(under(request)),
    stream: (request) => model.stream(under(request)),
    ...(model.close !== undefined && { close: async () => model.close?.() }),
  };
}

declare const day: SpendGuard;
declare const task: SpendGuard;

export const everyOrder: readonly Model[] = [
  withBudget(leaf, { guard: day }),
  withRetry(withBudget(leaf, { guard: day })),
  withBudget(withRetry(leaf), { guard: day }),
  withBudget(cascade([withRetry(leaf), judge]), { guard: day }),
  withBudget(cascade([withBudget(leaf, { guard: task, scopes: { task: 'fix-142' } }), judge]), { guard: day }),
];

/** What a leaf does with the guards it finds: guards of one ledger become one transaction. */
export async function admitAll(context: CallContext, ask: SpendAsk): Promise<readonly Permit[]> {
  const byLedger = Map.groupBy(context.guards, (guard) => guard.ledgerId);
  const united = [...byLedger.values()].map((guards) => guards.reduce((one, other) => one.combine(other)));
  return Promise.all(united.map(async (guard) => guard.admit(ask)));
}

/** A strategy may ask what is left, and is bounded also when it does not. */
export async function affordsAnother(context: CallContext, usd: number): Promise<boolean> {
  const advice = await Promise.all(context.guards.map(async (guard) => guard.afford(context.scopes)));
  return advice.every(({ now }) => now.usd >= usd);
}

/** The rows of a result add up in money, whatever the models; tokens are never added. */
export function spentNanoUsd(result: GenerateResult): bigint | undefined {
  let total = 0n;
  for (const charge of result.charges) {
    if (charge.cost === undefined) return undefined;
    total += BigInt(charge.cost.nanoUsd);
  }
  return total;
}
