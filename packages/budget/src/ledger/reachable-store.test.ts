import { TollgateError } from '@tollgate/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { manualClock } from './__fixtures__/manual-clock.ts';
import { createLedger } from './create-ledger.ts';
import type { Hold, Ledger } from './ledger.ts';

const cent = 10_000_000n;
let isAway: boolean;
let store: Store;
let attempts = 0;

/** A store that can be cut off. */
beforeEach(() => {
  isAway = false;
  const inner = memoryStore();
  store = new Proxy(inner, {
    get: (target, name, receiver) => {
      if (isAway) throw new Error('connect ECONNREFUSED');
      const member: unknown = Reflect.get(target, name, receiver);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
});

async function ledgerWith(localUsd?: number): Promise<Ledger> {
  const ledger = await createLedger({
    store,
    clock: manualClock(),
    ...(localUsd !== undefined && { whenUnreachable: { localUsd } }),
  });
  await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0.05 });
  return ledger;
}

async function reserve(ledger: Ledger, cents: bigint): Promise<Hold> {
  attempts += 1;
  return ledger.reserve({
    attemptId: `a${attempts}`,
    scopes: { user: 'ada' },
    model: { provider: 'test', modelId: 'echo' },
    priceKnown: 'override',
    want: { usd: cents * cent },
  });
}

async function settle(hold: Hold, cents: bigint): Promise<void> {
  await hold.settle({
    costNano: cents * cent,
    priceKnown: 'override',
    usage: { inputUncached: 1, outputText: 1 },
    usageKnown: 'exact',
    candidateIds: [],
    assumption: 'the test is right',
  });
}

describe('a store that cannot be reached', () => {
  it('refuses, at the hold and everywhere else: the ledger fails closed', async () => {
    const ledger = await ledgerWith();
    isAway = true;
    for (const question of [reserve(ledger, 1n), ledger.remaining({}), ledger.limits(), ledger.totals()]) {
      await expect(question).rejects.toMatchObject({ code: 'store-unavailable' });
    }
    await expect(reserve(ledger, 1n)).rejects.toThrow(
      /cannot be reached, so nothing may be spent: connect ECONNREFUSED/,
    );
    isAway = false;
    await reserve(ledger, 1n);
  });

  it('keeps a hold that cannot be settled, so that the cap holds', async () => {
    const ledger = await ledgerWith();
    const hold = await reserve(ledger, 3n);
    isAway = true;
    await expect(settle(hold, 1n)).rejects.toBeInstanceOf(TollgateError);
    isAway = false;
    expect(await ledger.totals()).toMatchObject({ held: { usd: 0.03 }, settled: { usd: 0 } });
  });

  it('is gone without for as long as the allowance lasts, and told of everything afterwards', async () => {
    const ledger = await ledgerWith(0.04);
    await settle(await reserve(ledger, 2n), 2n);
    isAway = true;
    const first = await reserve(ledger, 3n);
    await expect(reserve(ledger, 2n)).rejects.toThrow(/\$0\.01 of the \$0\.04 that may be spent without it are left/);
    await settle(first, 1n);
    const second = await reserve(ledger, 3n);
    await settle(second, 3n);
    await expect(reserve(ledger, 1n)).rejects.toMatchObject({ code: 'budget-exceeded' });
    isAway = false;
    // Six of five cents are spent: the cap was not looked at meanwhile, and is shut now.
    await expect(reserve(ledger, 1n)).rejects.toThrow(/user "ada" has \$0\.00 of \$0\.05 left/);
    expect(await ledger.totals()).toMatchObject({ settled: { usd: 0.06 }, held: { usd: 0 }, rows: 3 });
  });

  it('has an allowance of dollars', async () => {
    await expect(ledgerWith(-1)).rejects.toMatchObject({ option: 'whenUnreachable.localUsd' });
  });
});
