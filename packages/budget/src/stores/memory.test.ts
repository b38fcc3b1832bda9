import { describe, expect, it } from 'vitest';
import { noAmounts } from '../ledger/dimension.ts';
import { memoryStore } from './memory.ts';
import type { HoldAsk } from './store.ts';

const ada = { kind: 'user', id: 'ada' };
/** More than 64 bits have room for. */
const wide = 2n ** 70n;

function ask(attemptId: string, tokens: bigint): HoldAsk {
  return {
    attemptId,
    kind: 'call',
    scopes: [ada],
    paid: [],
    model: { provider: 'test', modelId: 'echo' },
    priceKnown: 'override',
    want: { ...noAmounts, tokens },
    min: { ...noAmounts, tokens },
    atMs: 1000,
    leaseUntilMs: 2000,
  };
}

describe('a memory store', () => {
  it('is exact beyond 64 bits', async () => {
    const store = memoryStore();
    await store.setLimit({ ...ada, dimension: 'tokens', per: 'total', cap: 2n * wide + 5n, soft: false });
    for (const id of ['a', 'b']) expect(await store.reserve(ask(id, wide))).toMatchObject({ outcome: 'held' });
    expect(await store.reserve(ask('c', 6n))).toMatchObject({ outcome: 'refused', held: 2n * wide });
    expect(await store.reserve(ask('c', 5n))).toMatchObject({ outcome: 'held' });
    const cost = { ...noAmounts, tokens: wide - 1n };
    const ending = { status: 'settled', cost, atMs: 1500, candidateIds: [], assumption: 'none' } as const;
    await store.end({ ...ending, attemptId: 'a' });
    expect(await store.balances({ scopes: [ada], paid: [] }, 1000)).toMatchObject([
      { settled: wide - 1n, held: wide + 5n, overrun: 0n },
    ]);
    expect(await store.attempts({ attemptId: 'a', nowMs: 1000 })).toMatchObject([{ hold: { tokens: wide }, cost }]);
    expect(await store.reserve(ask('d', 2n))).toMatchObject({ outcome: 'refused' });
    expect(await store.reserve(ask('d', 1n))).toMatchObject({ outcome: 'held' });
  });
});
