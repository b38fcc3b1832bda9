import type { Permit, Settled, SpendAsk, SpendGuard } from '../spec/spend-guard.ts';

/**
 * Admits an attempt past every guard: one transaction per ledger, all or none.
 *
 * Guards of one ledger are combined first. A refusal by a later ledger returns the holds of the earlier ones.
 */
export async function admit(guards: readonly SpendGuard[], ask: SpendAsk): Promise<Permit | undefined> {
  const byLedger = new Map<string, SpendGuard>();
  for (const guard of guards) {
    const known = byLedger.get(guard.ledgerId);
    byLedger.set(guard.ledgerId, known === undefined ? guard : known.combine(guard));
  }
  const permits: Permit[] = [];
  let request = ask.request;
  try {
    for (const guard of inOneOrder(byLedger)) {
      const permit = await guard.admit({ ...ask, request });
      permits.push(permit);
      request = permit.request;
    }
  } catch (error) {
    await Promise.allSettled(permits.map((permit) => permit.release('refused by another budget')));
    throw error;
  }
  return permits.length > 1 ? unite(permits, request) : permits[0];
}

/**
 * Ledgers are asked in the order of their ids, everywhere: two calls that wait for money in two ledgers, each with a hold in one
 * of them, would otherwise wait for one another.
 */
function inOneOrder(byLedger: ReadonlyMap<string, SpendGuard>): Iterable<SpendGuard> {
  if (byLedger.size < 2) return byLedger.values();
  return [...byLedger].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, guard]) => guard);
}

function unite(permits: readonly Permit[], request: SpendAsk['request']): Permit {
  const deadlineMs = permits.reduce((earliest, permit) => Math.min(earliest, permit.deadlineMs ?? Infinity), Infinity);
  return {
    request,
    fitted: permits.some((permit) => permit.fitted),
    ...(deadlineMs < Infinity && { deadlineMs }),
    settle: async (settlement) => {
      const outcomes = await Promise.allSettled(permits.map((permit) => permit.settle(settlement)));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return (outcomes[0] as PromiseFulfilledResult<Settled>).value;
    },
    release: async (reason) => {
      await Promise.all(permits.map((permit) => permit.release(reason)));
    },
  };
}
