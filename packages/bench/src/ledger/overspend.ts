import { createLedger, memoryStore } from '@tollgate/budget';
import { BudgetBusyError, BudgetExceededError } from '@tollgate/sdk';
import { virtualClock } from '@tollgate/sdk/testing';
import { createRandom } from '@tollgate/stats';

/** How a budget is kept. */
export type Keeping = 'check-then-increment' | 'read-modify-write' | 'ledger';

const averageNano = 1_000_000;
const capNano = 100 * averageNano;
/** Milliseconds that the counter of the naive ones takes to answer. */
const counterMs = 1;

/**
 * Callers that call until they are told that the money is gone: calls of 20 to 40 ms that cost half to one and a half
 * times the average, against a cap of 100 average calls, on a virtual clock.
 *
 * @returns What was spent beside the cap, as a fraction of it: 0.1 is 10 % over, -0.1 is 10 % left.
 */
export async function overspend(keeping: Keeping, callers: number, seed: number): Promise<number> {
  const clock = virtualClock(0, { autoAdvance: true });
  const random = createRandom(seed);
  let spentNano = 0;
  const call = async (): Promise<number> => {
    const costNano = Math.round(averageNano * (0.5 + random.next()));
    await clock.sleep(20 + random.next() * 20);
    spentNano += costNano;
    return costNano;
  };
  const next = keeping === 'ledger' ? await ledgerCaller() : naiveCaller();
  const caller = async (): Promise<void> => {
    while (await next());
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return spentNano / capNano - 1;

  function naiveCaller(): () => Promise<boolean> {
    let counted = 0;
    const read = async (): Promise<number> => {
      const seen = counted;
      await clock.sleep(counterMs);
      return seen;
    };
    return async () => {
      if ((await read()) >= capNano) return false;
      const costNano = await call();
      if (keeping === 'check-then-increment') counted += costNano;
      else counted = (await read()) + costNano;
      return true;
    };
  }

  async function ledgerCaller(): Promise<() => Promise<boolean>> {
    const ledger = await createLedger({ store: memoryStore(), clock });
    await ledger.setLimit({ kind: 'run', id: 'bench', usd: capNano / 1e9 });
    let attempts = 0;
    return async () => {
      attempts += 1;
      try {
        const hold = await ledger.reserve({
          attemptId: `call ${attempts}`,
          scopes: { run: 'bench' },
          model: { provider: 'bench', modelId: 'echo' },
          priceKnown: 'override',
          want: { usd: BigInt(averageNano * 1.5) },
          whenBusy: 'wait',
        });
        await hold.settle({
          costNano: BigInt(await call()),
          priceKnown: 'override',
          usage: {},
          usageKnown: 'exact',
          candidateIds: [],
          assumption: 'no call costs more than one and a half times the average',
        });
        return true;
      } catch (error) {
        if (error instanceof BudgetExceededError || error instanceof BudgetBusyError) return false;
        throw error;
      }
    };
  }
}
