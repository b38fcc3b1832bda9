import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driveTurns, type DrivenTurn } from './__fixtures__/drive-turns.ts';
import { dynamicTurns, type DynamicTurnsOptions } from './dynamic-turns.ts';
import { fixedTurns } from './fixed-turns.ts';
import { turnHistory } from './turn-history.ts';
import { unlimitedTurns } from './unlimited-turns.ts';

const model = 'small';

// budget.md 1.5, derived: ten runs by the turns they need, priced by the quadratic cost model without a cache.
describe('the worked example of the paper`s three strategies', () => {
  const needs = [12, 18, 22, 25, 27, 30, 34, 41, 55, 80];
  const costUsd = (n: number): number => (3 * (5000 * n + (1500 * n * (n - 1)) / 2) + 15 * 400 * n) / 1e6;
  const history = turnHistory(
    [...needs, ...needs].map((turns) => ({ model, turns, censored: false })),
    { model },
  );
  /** Of the ten. The history has each of them twice, as it takes 20, which moves them. */
  const limits = { 0.25: 23, 0.5: 29, 0.75: 40 };

  function total(policy: Parameters<typeof driveTurns>[0], evidence: (need: number) => DrivenTurn = () => ({})) {
    const runs = needs.map((need) => driveTurns(policy, (used) => ({ ...evidence(need), finished: used + 1 >= need })));
    // The example has no closing turn. What it adds is measured on recorded runs.
    const usd = runs.reduce((sum, { worked }) => sum + costUsd(worked), 0);
    return { usd: Number(usd.toFixed(4)), solved: runs.filter(({ finished }) => finished).length };
  }

  it.each([
    ['unlimited', unlimitedTurns(), 41.253, 10],
    ['P25', fixedTurns({ turns: limits[0.25] }), 14.4675, 3],
    ['P50', fixedTurns({ turns: limits[0.5] }), 19.3185, 5],
    ['P75', fixedTurns({ turns: limits[0.75] }), 26.0145, 7],
  ])('%s', (...[, policy, usd, solved]) => {
    expect(total(policy)).toEqual({ usd, solved });
  });

  it('dynamic, where only runs that will finish get somewhere: 22.07 % below P75', () => {
    const policy = dynamicTurns({ initial: 29, most: 40 });
    const { usd, solved } = total(policy, (need) => ({ progress: need <= 40 }));
    expect({ usd, solved }).toEqual({ usd: 20.2725, solved: 7 });
    expect(1 - usd / 26.0145).toBeCloseTo(0.2207, 4);
  });

  it('takes its limits from percentiles by h = (n − 1)q, rounded up', () => {
    const ten = turnHistory(
      needs.map((turns) => ({ model, turns, censored: false })),
      { model },
    );
    expect([0.25, 0.5, 0.75].map((q) => ten.quantile(q))).toEqual([22.75, 28.5, 39.25]);
    expect(history.quantile(0.5)).toBe(28.5);
    expect(dynamicTurns({ history }).name).toBe(
      'dynamic 29+12 on progress, P50 of 20 runs, 0 of them stopped, then P75 of 20 runs, 0 of them stopped',
    );
  });
});

describe('dynamicTurns', () => {
  const kinds = (options: DynamicTurnsOptions, turn: DrivenTurn = {}): string =>
    driveTurns(dynamicTurns({ reminders: 'off', ...options }), (_, decision) => ({
      ...turn,
      finished: decision?.type === 'closing',
    }))
      .decisions.map((decision) =>
        decision.type === 'proceed' ? (decision.reminder === undefined ? 'w' : 'G') : decision.type,
      )
      .join(' ');

  it('grants once, says so, and closes at the raised limit', () => {
    expect(kinds({ initial: 2, extension: 3, extend: 'always-once' })).toBe('w w G w w closing');
    expect(kinds({ initial: 2, extension: 9, most: 4, extend: 'always-once' })).toBe('w w G w closing');
    expect(kinds({ initial: 3, extend: 'always-once' })).toBe('w w w G w closing');
    const { decisions } = driveTurns(dynamicTurns({ initial: 2, extend: 'always-once' }), () => ({}));
    expect(decisions[2]).toEqual({
      type: 'proceed',
      reminder:
        'The 2 turns that were planned are used. 1 more turn is granted, this one included, and none after that. Finish the work, or have something to hand in by then.',
    });
  });

  it.each([
    ['always-once', {}, true, ''],
    ['never', { progress: true, artifact: false, requestedMore: true }, false, 'they never are'],
    ['progress', { progress: true }, true, ''],
    ['progress', { progress: false }, false, 'no progress in the last 6 turns'],
    ['progress', {}, false, 'no turn reported whether it made progress'],
    ['no-artifact', { artifact: false }, true, ''],
    ['no-artifact', { artifact: true }, false, 'there is something to hand in'],
    ['no-artifact', {}, false, 'no turn reported whether there is something to hand in'],
    ['model-request', { requestedMore: true }, true, ''],
    ['model-request', {}, false, 'the agent did not ask for them'],
    [
      'model-request',
      { requestedMore: true, owned: false },
      false,
      'the loop is not ours, so the agent cannot ask for them',
    ],
  ] as const)('on %s with %j: %s', (...[extend, turn, granted, why]) => {
    const run = driveTurns(dynamicTurns({ initial: 4, extension: 2, extend }), () => turn);
    expect(run.worked).toBe(granted ? 6 : 4);
    const end = run.decisions.at(-1);
    expect(end).toMatchObject({ type: 'stop' });
    if (!granted) {
      expect(end).toHaveProperty(
        'reason',
        `all 4 turns are used (dynamic 4+2 on ${extend}), and none are added: ${why}`,
      );
    }
  });

  it('counts progress of the last three turns, not of the last alone', () => {
    const at = (last: number): number =>
      driveTurns(dynamicTurns({ initial: 5, extension: 1 }), (used) => ({ progress: used < last })).worked;
    expect([at(2), at(3), at(5)]).toEqual([5, 6, 6]);
  });

  it('remembers what was reported once', () => {
    const worked = (extend: 'no-artifact' | 'model-request', turn: DrivenTurn): number =>
      driveTurns(dynamicTurns({ initial: 4, extension: 2, extend }), (used) => (used === 1 ? turn : {})).worked;
    expect(worked('no-artifact', { artifact: false })).toBe(6);
    expect(worked('model-request', { requestedMore: true })).toBe(6);
    // Something to hand in can be lost again.
    const lost = dynamicTurns({ initial: 4, extension: 2, extend: 'no-artifact' });
    expect(driveTurns(lost, (used) => ({ artifact: used < 2 })).worked).toBe(6);
  });

  it('says the same of a turn that is asked about again: a grant is told once, and no cost is counted twice', () => {
    const policy = dynamicTurns({ initial: 1, extension: 1, extend: 'always-once' });
    const first = policy.before(policy.start(), { turnKey: 'a', used: 0, spentUsd: 0, owned: true });
    const view = { turnKey: 'b', used: 1, spentUsd: 1, owned: true };
    const grant = policy.before(first.state, view);
    expect(grant).toMatchObject({ state: { added: 1 }, decision: { reminder: expect.stringContaining('granted') } });
    expect(policy.before(grant.state, view)).toEqual(grant);
    expect(policy.before(grant.state, { ...view, spentUsd: 5, leftUsd: 0 })).toEqual(grant);
    const closing = policy.before(first.state, { ...view, leftUsd: 1 });
    expect(closing.decision.type).toBe('closing');
    const richer = policy.before(closing.state, { ...view, spentUsd: 1, leftUsd: 9 });
    expect(richer).toMatchObject({ decision: { type: 'closing' }, state: { costs: { costsUsd: [1] } } });
  });

  it('never grants nothing', () => {
    expect(kinds({ initial: 2, extension: 0, extend: 'always-once' })).toBe('w w closing');
    expect(kinds({ initial: 2, most: 2, extend: 'always-once' })).toBe('w w closing');
    expect(dynamicTurns({ initial: 2, extension: 0, extend: 'model-request' }).mayExtend).toBeUndefined();
    expect(dynamicTurns({ initial: 2, extend: 'model-request' }).mayExtend).toBe(true);
  });

  it('starts with a static limit while there are few runs, and says so', () => {
    const few = turnHistory([{ model, turns: 3, censored: false }], { model });
    const policy = dynamicTurns({ history: few });
    expect(policy.name).toBe('dynamic 20+10 on progress, cold start: 1 of the 20 completed runs that it takes');
    expect(driveTurns(policy, () => ({ progress: true })).worked).toBe(30);
    expect(driveTurns(policy, () => ({})).decisions.at(-1)).toHaveProperty(
      'reason',
      expect.stringContaining('cold start'),
    );
  });

  it.each([
    [{ initial: 0 }, /^initial must be a whole number of at least 1, received 0/],
    [{ initial: 2.5 }, /^initial must be/],
    [{ initial: 5, extension: -1 }, /^extension must be/],
    [{ initial: 5, most: 4 }, /^most must be at least initial \(5\), received 4/],
    [{ initial: 5, extend: 'sometimes' as never }, /^extend must be one of 'progress', .* received "sometimes"/],
    [{ initial: 5, reminders: { fractions: [70] } }, /^reminders must be/],
    [{ initial: 5, reminders: { last: 0 } }, /^reminders.last must be/],
    [{ initial: 5, reminders: 'some' as never }, /^reminders must be .* received "some"/],
  ] satisfies [DynamicTurnsOptions, RegExp][])('refuses %j', (options, message) => {
    expect(() => dynamicTurns(options)).toThrow(message);
  });
});

/** A turn that says nothing of what is left. */
function withoutMoney<T extends DrivenTurn>({ leftUsd, ...turn }: T): Omit<T, 'leftUsd'> {
  return leftUsd === undefined ? turn : { ...turn };
}

describe('every limit on turns', () => {
  const turn = fc.record(
    {
      progress: fc.boolean(),
      artifact: fc.boolean(),
      requestedMore: fc.boolean(),
      leftUsd: fc.double({ min: 0, max: 3, noNaN: true }),
      finished: fc.constant(false),
    },
    { requiredKeys: ['finished'] },
  );
  const reminders = fc.constantFrom('off', 'every', { last: 2 }, { fractions: [0.5, 0.9] });
  const setting = fc.record({
    initial: fc.integer({ min: 1, max: 12 }),
    extension: fc.integer({ min: 0, max: 12 }),
    extra: fc.integer({ min: 0, max: 12 }),
    extend: fc.constantFrom('progress', 'no-artifact', 'model-request', 'always-once', 'never'),
    reminders,
    turns: fc.array(turn, { minLength: 1, maxLength: 40 }),
    stubborn: fc.boolean(),
    capUsd: fc.option(fc.double({ min: 0, max: 12, noNaN: true }), { nil: undefined }),
  });
  const runOf = (
    {
      initial,
      extension,
      extra,
      turns,
      stubborn,
      capUsd,
      ...rest
    }: typeof setting extends fc.Arbitrary<infer T> ? T : never,
    save?: <T>(state: T) => T,
  ) => {
    const policy = dynamicTurns({ initial, extension, most: initial + extra, ...rest } as DynamicTurnsOptions);
    return driveTurns(
      policy,
      (used, decision) => ({
        ...turns[used % turns.length],
        spentUsd: used * 0.5,
        ...(capUsd !== undefined && { leftUsd: Math.max(0, capUsd - used * 0.5) }),
        finished: decision?.type === 'closing' && !stubborn,
      }),
      save,
    );
  };

  it('gives at most one closing turn more than the turns there are, two where the first was wasted', () => {
    fc.assert(
      fc.property(setting, (given) => {
        // Money that comes back between two turns is another test.
        const { decisions, turns, worked } = runOf({
          ...given,
          turns: given.turns.map(withoutMoney),
        });
        const most = given.initial + Math.min(given.extension, given.extra);
        expect(worked).toBeLessThanOrEqual(most);
        expect(turns - worked).toBe(given.stubborn ? 2 : 1);
        const kinds = decisions.map(({ type }) => type).join(' ');
        expect(kinds).toMatch(given.stubborn ? /^(proceed )*closing closing stop$/ : /^(proceed )*closing$/);
        const grants = decisions.filter((one) => one.type === 'proceed' && one.reminder?.includes('granted') === true);
        expect(grants.length).toBe(worked > given.initial ? 1 : 0);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('ends, whatever money comes and goes', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { decisions, turns } = runOf({ ...given, capUsd: undefined });
        expect(turns).toBeLessThanOrEqual(given.initial + Math.min(given.extension, given.extra) + 2);
        for (const [i, { type }] of decisions.entries())
          if (type === 'stop') expect(decisions[i - 1]?.type).toBe('closing');
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  it('goes on from a saved state as if it had never stopped', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const saved = runOf(given, (state) => JSON.parse(JSON.stringify(state)) as typeof state);
        expect(saved).toEqual(runOf(given));
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('decides a turn once, however often it is asked, and observes it once', () => {
    fc.assert(
      fc.property(setting, turn, ({ initial, extension, extend, turns }, other) => {
        const policy = dynamicTurns({ initial, extension, extend });
        let state = policy.start();
        for (const [used, now] of turns.entries()) {
          const view = { turnKey: `turn-${used}`, used, spentUsd: used, owned: true, ...money(now) };
          const first = policy.before(state, view);
          expect(policy.before(first.state, view)).toEqual(first);
          // With other money, what was the end may be none; nothing else changes, and nothing is granted or announced twice.
          const again = policy.before(first.state, { ...view, used, spentUsd: 9, ...money(other) });
          expect(again.state.costs.costsUsd.length).toBeLessThanOrEqual(first.state.costs.costsUsd.length + 1);
          if (first.decision.type === 'proceed' || again.decision.type !== 'proceed') {
            expect(again.state).toEqual(first.state);
            expect(again.decision.type).toBe(first.decision.type);
          }
          const observation = { turnKey: view.turnKey, toolCalls: 1, ...now };
          state = policy.after(first.state, observation);
          expect(policy.after(state, { ...observation, ...other })).toEqual(state);
          // Somebody asks again about the turn before, while this one is under way.
          if (used > 0) {
            const earlier = policy.before(state, { turnKey: `turn-${used - 1}`, used, owned: true });
            expect(earlier.state.added).toBe(state.added);
            expect(earlier.state.closing.closings).toBeLessThanOrEqual(state.closing.closings);
          }
        }
      }),
      { seed: 13 },
    );
    function money({ leftUsd }: { readonly leftUsd?: number }): { readonly leftUsd?: number } {
      return leftUsd === undefined ? {} : { leftUsd };
    }
  });
});
