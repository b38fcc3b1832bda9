import type { Ending, HoldAsk, Ledger, ScopePair, Store } from '@tollgate/budget';

/** What every call is charged to, and each of the three has a cap. */
export const kinds = ['org', 'user', 'task'] as const;

const model = { provider: 'bench', modelId: 'echo' };
const usage = { inputUncached: 900, outputText: 120 };
const candidateIds = ['response-1'];
const assumption = 'the bench is right';
/** What a call may cost and what it does, in nano-dollars: caps of a billion dollars never bind. */
const wantNano = 2_000_000n;
const costNano = 1_000_000n;
const want = { usd: wantNano, tokens: 2000n, calls: 1n, turns: 0n, seconds: 60_000n };
const min = { usd: wantNano, tokens: 0n, calls: 1n, turns: 0n, seconds: 0n };
const cost = { usd: costNano, tokens: 1020n, calls: 1n, turns: 0n, seconds: 900n };
const nothing: readonly ScopePair[] = [];
const atMs = 1_700_000_000_000;

/** Sets of three scopes, one for each id. Calls take turns. */
export function scopeSets(ids: number): readonly (readonly ScopePair[])[] {
  return Array.from({ length: ids }, (_, n) => kinds.map((kind) => ({ kind, id: `${kind}-${n}` })));
}

/** A cap on each id of each kind. */
export async function setLimits(ledger: Ledger): Promise<void> {
  for (const kind of kinds) await ledger.setLimit({ kind, id: 'each', usd: 1e9 });
}

export function holdAsk(attemptId: string, scopes: readonly ScopePair[]): HoldAsk {
  return {
    attemptId,
    kind: 'call',
    scopes,
    paid: nothing,
    model,
    priceKnown: 'override',
    want,
    min,
    atMs,
    leaseUntilMs: atMs + 600_000,
  };
}

export function ending(attemptId: string): Ending {
  return {
    attemptId,
    status: 'settled',
    cost,
    atMs: atMs + 900,
    priceKnown: 'override',
    usage,
    usageKnown: 'exact',
    candidateIds,
    assumption,
  };
}

/** Reserves and ends one attempt at a store. */
export async function storePair(store: Store, attemptId: string, scopes: readonly ScopePair[]): Promise<void> {
  const { outcome } = await store.reserve(holdAsk(attemptId, scopes));
  if (outcome !== 'held') throw new Error(`${attemptId} was not held: ${outcome}.`);
  await store.end(ending(attemptId));
}

/** Reserves and settles one attempt at a ledger. */
export async function ledgerPair(ledger: Ledger, attemptId: string, scopes: readonly ScopePair[]): Promise<void> {
  const hold = await ledger.reserve({
    attemptId,
    scopes,
    model,
    priceKnown: 'override',
    want: { usd: wantNano, tokens: 2000n },
  });
  await hold.settle({ costNano, priceKnown: 'override', usage, usageKnown: 'exact', candidateIds, assumption });
}
