import { describe, expect, it } from 'vitest';
import { driveTurns } from './__fixtures__/drive-turns.ts';
import { fixedTurns } from './fixed-turns.ts';
import { turnHistory } from './turn-history.ts';
import type { TurnReminders } from './turn-reminders.ts';
import { unlimitedTurns } from './unlimited-turns.ts';

const left = (turns: number): string =>
  `${turns === 1 ? '1 turn of work is' : `${turns} turns of work are`} left, this one included. Have something to hand in by then.`;

/** The number of turns of which there is a reminder. */
function reminded(turns: number, reminders?: TurnReminders): readonly number[] {
  const policy = fixedTurns({ turns, ...(reminders !== undefined && { reminders }) });
  const { decisions } = driveTurns(policy, () => ({}));
  return decisions.flatMap((decision, used) => {
    if (decision.type !== 'proceed' || decision.reminder === undefined) return [];
    expect(decision.reminder).toBe(left(turns - used));
    return [used];
  });
}

describe('fixedTurns', () => {
  it('closes after so many turns, once more where that was wasted, and stops', () => {
    const { decisions, worked } = driveTurns(fixedTurns({ turns: 3, reminders: 'off' }), () => ({}));
    expect(decisions.map(({ type }) => type)).toEqual(['proceed', 'proceed', 'proceed', 'closing', 'closing', 'stop']);
    expect(worked).toBe(3);
    expect(decisions[3]).toMatchObject({
      reason: 'all 3 turns are used (fixed 3)',
      directive: expect.stringMatching(/^This is the last turn: no tool is run any more\. Hand in what you have/),
    });
  });

  it('ends with the agent where that comes first, and closes on one answer', () => {
    const early = driveTurns(fixedTurns({ turns: 3 }), (used) => ({ finished: used === 1 }));
    expect(early).toMatchObject({ finished: true, turns: 2 });
    const closed = driveTurns(fixedTurns({ turns: 3 }), (_, decision) => ({ finished: decision?.type === 'closing' }));
    expect(closed).toMatchObject({ finished: false, turns: 4, worked: 3 });
  });

  it.each([
    [undefined, [7, 8, 9]],
    ['every', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['off', []],
    [{ last: 1 }, [9]],
    [{ fractions: [0.7, 0.9] }, [7, 9]],
    [{ fractions: [] }, []],
  ] satisfies [TurnReminders | undefined, number[]][])('reminds by %j', (reminders, expected) => {
    expect(reminded(10, reminders)).toEqual(expected);
  });

  it('reminds of a limit that is shorter than the reminders from the first turn on', () => {
    expect(reminded(2)).toEqual([0, 1]);
    expect(reminded(2, { fractions: [0.7, 0.9] })).toEqual([]);
  });

  it('takes a percentile of a history', () => {
    const records = Array.from({ length: 21 }, (_, i) => ({ model: 'm', turns: 10 + i, censored: false }));
    const history = turnHistory(records, { model: 'm' });
    const policy = fixedTurns({ history });
    expect(policy.name).toBe('fixed 25, P75 of 21 runs, 0 of them stopped');
    expect(driveTurns(policy, () => ({})).worked).toBe(25);
    expect(fixedTurns({ history, percentile: 0.5 }).name).toMatch(/^fixed 20, P50/);
  });

  it('is let go on about the very turn that was stopped, with a higher limit or more money', () => {
    const low = fixedTurns({ turns: 2 });
    const { state, turns } = driveTurns(low, () => ({}));
    const view = { turnKey: `turn-${turns + 1}`, used: turns, owned: true };
    const stopped = low.before(state as ReturnType<typeof low.start>, view);
    expect(stopped).toMatchObject({ state, decision: { type: 'stop' } });
    expect(fixedTurns({ turns: 9 }).before(stopped.state, view).decision.type).toBe('proceed');

    const poor = { turnKey: 'turn-2', used: 1, spentUsd: 1, leftUsd: 0.5, owned: true };
    const started = low.before(low.start(), { turnKey: 'turn-1', used: 0, spentUsd: 0, owned: true });
    const closing = low.before(started.state, poor);
    expect(closing.decision.type).toBe('closing');
    expect(low.before(closing.state, poor)).toEqual(closing);
    const richer = low.before(closing.state, { ...poor, leftUsd: 9 });
    expect(richer).toMatchObject({ decision: { type: 'proceed' }, state: { costs: { costsUsd: [1] } } });
  });

  it('is let go on with a higher limit by the state of a lower one', () => {
    const { state, turns } = driveTurns(fixedTurns({ turns: 2 }), (_, decision) => ({
      finished: decision?.type === 'closing',
    }));
    const view = { turnKey: 'turn-4', used: turns, owned: true };
    const higher = fixedTurns({ turns: 9 });
    expect(higher.before(state as ReturnType<typeof higher.start>, view).decision.type).toBe('proceed');
    const same = fixedTurns({ turns: 2 });
    expect(same.before(state as ReturnType<typeof same.start>, view).decision.type).toBe('stop');
  });

  it.each([
    [{ turns: 0 }, /^turns must be a whole number of at least 1, received 0/],
    [{ turns: Infinity }, /^turns must be/],
    [{ history: turnHistory([], { model: 'm' }), percentile: 75 }, /^percentile must be in \[0, 1\], received 75/],
    [{ history: turnHistory([], { model: 'm' }), coldStart: 0 }, /^coldStart must be/],
  ])('refuses %j', (options, message) => {
    expect(() => fixedTurns(options)).toThrow(message);
  });
});

describe('the closing turn is fenced', () => {
  it.each([
    ['unlimited', unlimitedTurns()],
    ['fixed', fixedTurns({ turns: 400 })],
  ])('%s: by what the dearest of the last turns cost', (_, policy) => {
    const costs = [0.1, 0.25, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1];
    const capUsd = 1.16;
    const spent = (used: number): number => costs.slice(0, used).reduce((sum, cost) => sum + cost, 0);
    const run = driveTurns(policy, (used, decision) => ({
      spentUsd: spent(used),
      leftUsd: capUsd - spent(used),
      finished: decision?.type === 'closing',
    }));
    // After six turns $0.31 is left and the dearest of the last three was $0.20: not enough for one more and the closing turn.
    expect(run).toMatchObject({ worked: 6, turns: 7 });
    expect(run.decisions.at(-1)).toMatchObject({
      type: 'closing',
      reason: '$0.31 is left and a turn costs up to $0.20: the rest is kept for the closing turn',
    });
  });

  it('does nothing where no price, or no cap, is known', () => {
    const policy = fixedTurns({ turns: 4 });
    expect(driveTurns(policy, () => ({ leftUsd: 0 })).worked).toBe(4);
    expect(driveTurns(policy, (used) => ({ spentUsd: used })).worked).toBe(4);
  });

  it('goes on where there is more money than at the end', () => {
    const policy = unlimitedTurns();
    const run = driveTurns(policy, (used, decision) => ({
      spentUsd: used,
      leftUsd: 4 - used,
      finished: decision?.type === 'closing',
    }));
    expect(run.worked).toBe(3);
    const state = run.state as ReturnType<typeof policy.start>;
    const view = { turnKey: 'more', used: run.turns, spentUsd: 4, owned: true };
    expect(policy.before(state, { ...view, leftUsd: 1 }).decision.type).toBe('stop');
    expect(policy.before(state, { ...view, leftUsd: 50 }).decision.type).toBe('proceed');
  });
});
