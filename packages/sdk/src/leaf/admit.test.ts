import { describe, expect, it } from 'vitest';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import type { SpendAsk } from '../spec/spend-guard.ts';
import { RecordingGuard, type RecordingGuardOptions } from './__fixtures__/recording-guard.ts';
import { admit } from './admit.ts';

const ask: SpendAsk = {
  attemptId: 'a',
  model: { provider: 'test', modelId: 'leaf' },
  request: { messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 100 },
  bound: { inputTokens: 10, inputKnown: 'proved', outputTokensPerSample: 100, samples: 1, promptBilledOnce: false },
  scopes: {},
};

const zero = { usd: 0, nanoUsd: '0' };
const refusal = new BudgetExceededError('no', {
  scope: { kind: 'run', id: 'r' },
  dimension: 'usd',
  cap: zero,
  settled: zero,
  held: zero,
  asked: zero,
});

function guard(ledgerId: string, options: RecordingGuardOptions = {}): RecordingGuard {
  return new RecordingGuard({ ledgerId, ...options });
}

describe('admit', () => {
  it('asks nobody where nobody guards', async () => {
    expect(await admit([], ask)).toBeUndefined();
  });

  it('asks the guards of one ledger once, however many they are', async () => {
    const [first, second, third] = [guard('one'), guard('one'), guard('one')];
    await admit([first, second, third], ask);
    expect(first.log).toEqual(['combine one', 'combine one', 'admit']);
    expect([second.log, third.log]).toEqual([[], []]);
  });

  it('combines the guards of one ledger also where those of another stand between', async () => {
    const [outer, other, inner] = [guard('one'), guard('two'), guard('one')];
    await admit([outer, other, inner], ask);
    expect([outer.log, other.log, inner.log]).toEqual([['combine one', 'admit'], ['admit'], []]);
  });

  it('holds with every ledger, and settles and releases with every one', async () => {
    const guards = [guard('one'), guard('two')];
    const permit = await admit(guards, ask);
    expect(guards.map(({ open }) => open.size)).toEqual([1, 1]);
    await permit?.settle({ usage: {}, usageKnown: 'exact', candidateIds: [] });
    expect(guards.map(({ log }) => log)).toEqual([
      ['admit', 'settle exact'],
      ['admit', 'settle exact'],
    ]);
    const again = await admit(guards, ask);
    await again?.release('refused');
    expect(guards.map(({ log }) => log.at(-1))).toEqual(['release refused', 'release refused']);
  });

  it('hands the request of one ledger to the next, so that the lowest cap is the one that is sent', async () => {
    const guards = [guard('one', { fitTo: 30 }), guard('two', { fitTo: 50 })];
    const permit = await admit(guards, ask);
    expect(guards[1]?.asks[0]?.request.maxOutputTokens).toBe(30);
    expect(permit?.request.maxOutputTokens).toBe(30);
    expect(permit?.fitted).toBe(true);
  });

  it('returns the holds of earlier ledgers when a later one refuses', async () => {
    const guards = [guard('first'), guard('second'), guard('third', { refusal })];
    await expect(admit(guards, ask)).rejects.toBe(refusal);
    expect(guards.map(({ log }) => log)).toEqual([
      ['admit', 'release refused by another budget'],
      ['admit', 'release refused by another budget'],
      [],
    ]);
  });

  it('throws the refusal also where an earlier ledger cannot take its hold back', async () => {
    const guards = [
      guard('first', { releaseFails: new Error('disk full') }),
      guard('second'),
      guard('third', { refusal }),
    ];
    await expect(admit(guards, ask)).rejects.toBe(refusal);
    expect(guards[1]?.open.size).toBe(0);
  });

  it('settles with the other ledgers when one fails, and says that it failed', async () => {
    const guards = [guard('one', { settleFails: new Error('disk full') }), guard('two')];
    const permit = await admit(guards, ask);
    await expect(permit?.settle({ usage: {}, usageKnown: 'exact', candidateIds: [] })).rejects.toThrow('disk full');
    expect(guards[1]?.settlements).toHaveLength(1);
  });
});
