import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Amounts, noAmounts } from '../ledger/dimension.ts';
import { AttemptSlab } from './attempt-slab.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import type { Ending, HoldAsk, StoredAttempt } from './store.ts';

const usage = { inputUncached: 3, outputText: 4 };
const ada = { kind: 'user', id: 'ada' };
const run = { kind: 'run', id: 'r1' };

function held(attemptId: string, changes: Partial<HoldAsk> = {}): StoredAttempt {
  const hold = { usd: 100n, tokens: 50n, calls: 1n, turns: 0n, seconds: 9n };
  const ask: HoldAsk = {
    attemptId,
    kind: 'call',
    scopes: [ada],
    paid: [],
    model: { provider: 'test', modelId: 'echo' },
    priceKnown: 'list',
    want: hold,
    min: noAmounts,
    atMs: 1000.5,
    leaseUntilMs: 2000,
    ...changes,
  };
  return heldAttempt(ask, ask.want);
}

function ended(was: StoredAttempt, changes: Partial<Ending> = {}): StoredAttempt {
  const ending: Ending = {
    attemptId: was.attemptId,
    status: 'settled',
    cost: { ...noAmounts, usd: 60n, calls: 1n },
    atMs: 1500,
    candidateIds: [],
    assumption: 'the test is right',
    ...changes,
  };
  return endAttempt(was, ending) as StoredAttempt;
}

/** One row as it is read again after it was held and changed. */
function kept(was: StoredAttempt, is: StoredAttempt): StoredAttempt {
  const slab = new AttemptSlab();
  const row = slab.add(was);
  expect(slab.at(row)).toEqual(was);
  slab.change(row, was, is);
  return slab.at(row);
}

const rowsOfTest = 1300;

describe('a slab of attempts', () => {
  it.each<readonly [string, Partial<HoldAsk>, Partial<Ending>]>([
    ['settled', {}, { usage, usageKnown: 'exact', candidateIds: ['a#0'] }],
    ['settled with a label and a price of its own', { label: 'root.1' }, { priceKnown: 'declared-ceiling' }],
    ['released', {}, { status: 'released', cost: noAmounts, reason: 'nothing was sent' }],
    ['reconciled', { kind: 'turn', paid: [ada] }, { status: 'reconciled' }],
    ['over its hold', {}, { cost: { ...noAmounts, usd: 101n } }],
    ['of 64 bits less one', { want: { ...noAmounts, usd: 2n ** 63n - 1n } }, {}],
    ['of 64 bits', { want: { ...noAmounts, tokens: 2n ** 63n } }, {}],
    ['of 100 bits', { want: { ...noAmounts, tokens: 2n ** 100n } }, { cost: { ...noAmounts, tokens: 2n ** 99n } }],
    ['below nothing', {}, { cost: { ...noAmounts, usd: -1n } }],
    ['ended at 0', {}, { atMs: 0 }],
  ])('reads an attempt as it was written: %s', (_, ask, ending) => {
    const was = held('a', ask);
    const is = ended(was, ending);
    expect(kept(was, is)).toStrictEqual(is);
  });

  it('reads any amounts and times as they were written', () => {
    const amount = fc.oneof(fc.bigInt(-(2n ** 70n), 2n ** 70n), fc.bigInt(0n, 2n ** 20n));
    const amounts: fc.Arbitrary<Amounts> = fc.record({
      usd: amount,
      tokens: amount,
      calls: amount,
      turns: amount,
      seconds: amount,
    });
    fc.assert(
      fc.property(amounts, amounts, fc.integer(), fc.integer(), (want, cost, admittedMs, endedMs) => {
        const was = held('a', { want, atMs: admittedMs, leaseUntilMs: admittedMs + 1 });
        const is = ended(was, { cost, atMs: endedMs });
        expect(kept(was, is)).toStrictEqual(is);
      }),
      { seed: 12 },
    );
  });

  it('keeps rows in the order of admission over many pages, ends in any order', () => {
    const slab = new AttemptSlab();
    const scopesOf = (n: number): HoldAsk['scopes'] => (n % 3 === 0 ? [ada, run] : n % 3 === 1 ? [ada] : []);
    const all = Array.from({ length: rowsOfTest }, (_, n) => held(`a${n}`, { scopes: scopesOf(n) }));
    const rows = all.map((attempt) => slab.add(attempt));
    expect(rows).toEqual(all.map((_, n) => n));
    for (let n = rowsOfTest - 1; n >= 0; n -= 2)
      slab.change(n, all[n] as StoredAttempt, ended(all[n] as StoredAttempt));
    const idsOf = (attempts: Iterable<StoredAttempt>): readonly string[] => [...attempts].map((each) => each.attemptId);
    const idsWhere = (isMeant: (n: number) => boolean): readonly string[] =>
      all.flatMap(({ attemptId }, n) => (isMeant(n) ? [attemptId] : []));
    expect(idsOf(slab.naming([]))).toEqual(idsWhere(() => true));
    expect(idsOf(slab.naming([run]))).toEqual(idsWhere((n) => n % 3 === 0));
    expect(idsOf(slab.naming([run, ada]))).toEqual(idsWhere((n) => n % 3 === 0));
    expect(idsOf(slab.naming([ada]))).toEqual(idsWhere((n) => n % 3 !== 2));
    expect(idsOf(slab.held())).toEqual(idsWhere((n) => n % 2 === 0));
    expect(slab.attemptIdAt(600)).toBe('a600');
  });

  it('knows what is held after a trim, a release and a reconciliation that is replaced', () => {
    const slab = new AttemptSlab();
    const was = held('a');
    slab.add(was);
    const trimmed = { ...was, hold: { ...was.hold, usd: 50n } };
    slab.change(0, was, trimmed);
    expect([...slab.held()]).toEqual([trimmed]);
    const reconciled = ended(trimmed, { status: 'reconciled', reason: 'looked up' });
    slab.change(0, trimmed, reconciled);
    expect([...slab.held()]).toEqual([]);
    const settled = ended(reconciled, { cost: { ...noAmounts, usd: 20n } });
    slab.change(0, reconciled, settled);
    expect([...slab.held()]).toEqual([]);
    expect(slab.at(0)).toStrictEqual(settled);
  });
});
