import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driveTurns } from './__fixtures__/drive-turns.ts';
import { fixedTurns } from './fixed-turns.ts';
import { unlimitedTurns } from './unlimited-turns.ts';
import { type TurnBreakers, withBreakers } from './with-breakers.ts';

/** Turns of work until the end, by what each costs. */
function worked(costs: readonly number[], breakers: TurnBreakers = {}): number {
  const spent = (used: number): number => costs.slice(0, used).reduce((sum, cost) => sum + cost, 0);
  return driveTurns(withBreakers(unlimitedTurns(), breakers), (used, decision) => ({
    spentUsd: spent(used),
    finished: decision?.type === 'closing' || used >= costs.length - 1,
  })).worked;
}

describe('growth', () => {
  const even = [1, 1, 1, 1, 1];

  it('ends an agent whose last turn cost three times the median of the five before, three turns running', () => {
    expect(worked([...even, 3, 3, 3, 1, 1, 1])).toBe(8);
    expect(worked([...even, 3, 3, 2.9, 1, 1, 1])).toBe(11);
    expect(worked([...even, 3, 1, 3, 1, 3, 1])).toBe(11);
    // Too few turns before them.
    expect(worked([1, 1, 1, 1, 3, 3, 3, 1, 1])).toBe(9);
  });

  it('takes other numbers, and none', () => {
    expect(worked([...even, 2, 1, 1], { growth: { factor: 2, turns: 1 } })).toBe(6);
    expect(worked([1, 2, 1, 1], { growth: { factor: 2, window: 1, turns: 1 } })).toBe(2);
    expect(worked([...even, 3, 3, 3, 1], { growth: 'off' })).toBe(9);
  });

  it('has nothing against turns that cost nothing before', () => {
    expect(worked([0, 0, 0, 0, 0, 1, 1, 1, 1])).toBe(9);
  });

  it('closes, and stays broken', () => {
    const policy = withBreakers(unlimitedTurns(), { growth: { factor: 2, window: 1, turns: 1 } });
    const run = driveTurns(policy, (used) => ({ spentUsd: 2 ** used }));
    expect(run.decisions.map(({ type }) => type)).toEqual(['proceed', 'proceed', 'closing', 'closing', 'stop']);
    expect(run.decisions.at(-1)).toHaveProperty(
      'reason',
      'the last 1 turns each cost 2 times the median of the 1 before or more',
    );
    expect(policy.name).toBe('unlimited, with breakers');
  });
});

describe('velocity', () => {
  const ended = (secondsOf: (used: number) => number): number =>
    driveTurns(withBreakers(unlimitedTurns(), { growth: 'off', velocity: { usd: 1 } }), (used, decision) => ({
      spentUsd: used * 0.3,
      atMs: secondsOf(used) * 1000,
      finished: decision?.type === 'closing' || used >= 19,
    })).worked;

  it('ends an agent that spends more than a limit in the last minute', () => {
    // $0.30 every 10 s is $1.80 a minute: after four turns it is $1.20 in 40 s.
    expect(ended((used) => used * 10)).toBe(4);
    // Every 20 s it is $0.90 a minute.
    expect(ended((used) => used * 20)).toBe(20);
  });

  it('spreads what a turn cost over the time it took', () => {
    const slow = withBreakers(unlimitedTurns(), { growth: 'off', velocity: { usd: 1 } });
    const run = driveTurns(slow, (used) => ({ spentUsd: used * 5, atMs: used * 600_000, finished: used === 6 }));
    expect(run).toMatchObject({ finished: true, turns: 7 });
    const fast = driveTurns(slow, (used) => ({ spentUsd: used * 5, atMs: used * 61_000 }));
    expect(fast.worked).toBe(1);
    expect(fast.decisions[1]).toHaveProperty('reason', '$4.92 was spent in 60 s, and $1 may be');
  });

  it('keeps no more readings than it needs, and needs a clock', () => {
    const policy = withBreakers(unlimitedTurns(), { velocity: { usd: 1e6, perMs: 5000 } });
    const run = driveTurns(policy, (used) => ({ spentUsd: used, atMs: used * 1000, finished: used === 90 }));
    expect((run.state as ReturnType<typeof policy.start>).spent.length).toBeLessThanOrEqual(6);
    expect(driveTurns(policy, (used) => ({ spentUsd: used * 1e9, finished: used === 20 })).finished).toBe(true);
  });
});

describe('breakers', () => {
  it('add no closing turns to those of the policy, decide a turn once, and can be saved', () => {
    const cost = fc.double({ min: 0, max: 9, noNaN: true });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 60, maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (costs, turns) => {
        const spent = (used: number): number => costs.slice(0, used).reduce((sum, one) => sum + one, 0);
        const policy = withBreakers(fixedTurns({ turns }), {
          growth: { factor: 1.2, window: 2, turns: 1 },
          velocity: { usd: 20 },
        });
        const turnOf = (used: number) => ({ spentUsd: spent(used), atMs: used * 9000 });
        const run = driveTurns(policy, turnOf);
        expect(run.decisions.map(({ type }) => type).join(' ')).toMatch(/^(proceed )*closing closing stop$/);
        expect(driveTurns(policy, turnOf, (state) => JSON.parse(JSON.stringify(state)) as typeof state)).toEqual(run);
        const first = policy.before(policy.start(), { turnKey: 'a', used: 0, owned: true });
        expect(policy.before(first.state, { turnKey: 'a', used: 5, spentUsd: 9, owned: true })).toEqual(first);
      }),
      { seed: 5 },
    );
  });

  it.each([
    [{ growth: { factor: 1 } }, /^growth.factor must be in \(1, ∞\), received 1/],
    [{ growth: { window: 0 } }, /^growth.window must be/],
    [{ growth: { turns: 1.5 } }, /^growth.turns must be/],
    [{ velocity: { usd: 0 } }, /^velocity.usd must be/],
    [{ velocity: { usd: 1, perMs: Infinity } }, /^velocity.perMs must be/],
  ])('refuse %j', (breakers, message) => {
    expect(() => withBreakers(unlimitedTurns(), breakers)).toThrow(message);
  });
});
