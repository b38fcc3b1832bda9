import { type EffortLevel, InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askOf, drive, simulateReasoner, type SimulatedReasoner } from './__fixtures__/simulated-reasoner.ts';
import { effortController } from './effort-controller.ts';
import { risingLevels } from './effort-gains.ts';
import type { EffortAsk, EffortController } from './effort-plan.ts';
import type { EffortState } from './effort-state.ts';

const levels: EffortAsk = askOf({ gains: { low: 0.4, medium: 1, high: 2 } }, 0.5);
const cap: EffortAsk = askOf({ gains: {}, reasoningCap: true }, 0.5);
const bare: EffortAsk = askOf({ gains: {} }, 0.5);

function observe(controller: EffortController, ask: EffortAsk, ...tokens: readonly number[]): void {
  for (const each of tokens) controller.observe(controller.plan(ask), { lengths: [{ tokens: each, isCut: false }] });
}

/** A controller that has seen ten calls of so many tokens. */
function learned(ask: EffortAsk, tokens: number): EffortController {
  const controller = effortController();
  observe(controller, ask, ...Array.from({ length: 10 }, () => tokens));
  return controller;
}

const baseline = (controller: EffortController, i = 0): number | undefined => controller.report()[i]?.baselineTokens;

describe('the baseline', () => {
  it('is 2,000 tokens until the first call is seen, and the mean of the calls then', () => {
    const controller = effortController();
    expect(controller.plan(levels)).toEqual({ by: 'reference', baselineTokens: 2000, maxOutputTokens: 4000 + 4096 });
    expect(baseline(controller)).toBe(2000);
    observe(controller, levels, 300, 500);
    expect(baseline(controller)).toBe(400);
  });

  it('shrinks to the mean of its class over other models, else of its model over other classes, else to a stated prior', () => {
    const controller = learned(levels, 1000);
    const other = { ...levels, model: { provider: 'test', modelId: 'other' } };
    observe(controller, other, 400, 400, 400, 400, 400);
    expect(baseline(controller, 1)).toBe(700);
    observe(controller, { ...other, taskClass: 'proofs' }, 1100);
    expect(baseline(controller, 2)).toBe((1100 + 5 * 400) / 6);
    // And the first class is pulled to what the other model does in it.
    expect(baseline(controller, 0)).toBe((10 * 1000 + 5 * 400) / 15);
    const stated = effortController({ priorTokens: 2000 });
    observe(stated, levels, 1000, 1000, 1000, 1000, 1000);
    expect(baseline(stated)).toBe(1500);
  });

  it('learns from the calls that run as the model would by itself, and from no others', () => {
    const controller = learned(levels, 1000);
    expect(controller.plan({ ...levels, fraction: 1 })).toMatchObject({ by: 'level', maxOutputTokens: 2000 + 4096 });
    observe(controller, { ...levels, fraction: 1 }, 1220);
    expect(baseline(controller)).toBe(1020);
    observe(controller, { ...levels, fraction: 0.4 }, 5, 5, 5);
    observe(controller, { ...levels, effort: 'high' }, 9000);
    expect(baseline(controller)).toBe(1020);
    const capped = learned(cap, 1000);
    observe(capped, cap, 500);
    expect(baseline(capped)).toBe(1000);
  });

  it('does not collapse where every length was cut', () => {
    const controller = effortController();
    for (let call = 0; call < 50; call += 1) {
      const plan = controller.plan({ ...bare, fraction: 1 });
      controller.observe(plan, { lengths: [{ tokens: plan.maxOutputTokens ?? 0, isCut: true }] });
    }
    expect(baseline(controller)).toBeGreaterThan(8000);
  });

  it('counts calls in flight, so that a burst runs no more of them by itself than needed', () => {
    const controller = effortController({ referenceCalls: 3 });
    const plans = Array.from({ length: 6 }, () => controller.plan(levels));
    expect(plans.map(({ by }) => by)).toEqual(['reference', 'reference', 'reference', 'level', 'level', 'level']);
    for (const plan of plans) controller.observe(plan, { lengths: [], unknown: 1 });
    // They told nothing, so that others have to.
    expect(controller.plan(levels).by).toBe('reference');
    expect(controller.report()[0]).toMatchObject({ unknown: 6, referenceCalls: 0, fractions: [] });
  });

  it('follows a drift where lengths fade', () => {
    const controller = effortController({ alpha: 0.1 });
    observe(
      controller,
      { ...levels, fraction: 1 },
      ...Array.from({ length: 60 }, () => 100),
      ...Array.from({ length: 60 }, () => 400),
    );
    expect(baseline(controller)).toBeCloseTo(400, -1);
  });
});

describe('a plan', () => {
  it('is a level with an output cap of twice the target and room for the answer', () => {
    const controller = learned(levels, 1000);
    expect(controller.plan({ ...levels, fraction: 0.4 })).toEqual({
      by: 'level',
      effort: 'low',
      baselineTokens: 1000,
      maxOutputTokens: 800 + 4096,
    });
    const small = effortController({ answerAllowance: 100, referenceCalls: 0, priorTokens: 1000 });
    expect(small.plan({ ...levels, fraction: 0.4 }).maxOutputTokens).toBe(900);
    // The lowest level takes 400 tokens on average; a cap of 200 would leave no answer to most of its calls.
    expect(small.plan({ ...levels, fraction: 0.1 })).toMatchObject({ effort: 'low', maxOutputTokens: 900 });
  });

  it('ends reasoning at a cap where the engine does that, and leaves the answer alone', () => {
    const controller = learned(cap, 1000);
    const plan = controller.plan(cap);
    // The mean of an exponential length that is cut at K is 1 - e^-K averages.
    expect(plan).toEqual({ by: 'cap', baselineTokens: 1000, maxReasoningTokens: Math.ceil(1000 * Math.LN2) });
    expect(controller.plan({ ...cap, fraction: 1 })).toMatchObject({ maxReasoningTokens: 2000 });
    expect(controller.plan({ ...cap, fraction: 0.9 }).maxReasoningTokens).toBe(1800);
    expect(effortController().plan(cap)).toMatchObject({ by: 'reference', maxReasoningTokens: 4000 });
  });

  it('is a cap alone where there is no lever', () => {
    const controller = learned(bare, 1000);
    expect(controller.plan(bare)).toEqual({ by: 'none', baselineTokens: 1000, maxOutputTokens: 1000 + 4096 });
  });

  it('keeps the caller’s own level, learns its gain and does not count it as steered', () => {
    const controller = learned(levels, 1000);
    expect(controller.plan({ ...levels, effort: 'high' })).toMatchObject({ by: 'kept', effort: 'high' });
    observe(controller, { ...levels, effort: 'high' }, 3000);
    expect(controller.report()[0]).toMatchObject({ fractions: [], gains: { high: (5 * 1000 + 3000) / 6 / 1000 } });
  });

  it('keeps the level of a conversation', () => {
    const controller = learned(levels, 1000);
    for (const effort of ['low', 'high', undefined] as const) {
      const { effort: planned } = controller.plan({ ...levels, kept: { effort } });
      expect(planned).toBe(effort);
    }
  });

  it('measures the level that counts as 1 where one is named', () => {
    const controller = effortController({ reference: 'medium' });
    expect(controller.plan(levels)).toMatchObject({ by: 'reference', effort: 'medium' });
    observe(controller, levels, ...Array.from({ length: 9 }, () => 600));
    expect(controller.report()[0]).toMatchObject({ baselineTokens: 600, referenceCalls: 9, gains: {} });
    observe(controller, levels, 600);
    expect(controller.plan({ ...levels, fraction: 1 })).toMatchObject({ by: 'level', effort: 'medium' });
    // A model without such a level does what it does.
    expect(controller.plan(bare).effort).toBeUndefined();
  });

  it('never gives a lower level or cap to a larger fraction', () => {
    const gains = fc.constantFrom<SimulatedReasoner['gains']>(
      {},
      { low: 0.2, high: 1.5 },
      { minimal: 0.1, low: 0.6, medium: 0.5, high: 1, max: 3 },
    );
    const calls = fc.array(fc.tuple(fc.constantFrom(0.2, 0.5, 0.75, 1, 1.6), fc.integer({ min: 0, max: 9000 })), {
      maxLength: 60,
    });
    const fractions = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(fc.tuple(gains, fc.boolean()), calls, fractions, ([curve, reasoningCap], past, [a, b]) => {
        const first = effortController({ referenceCalls: 3 });
        for (const [fraction, tokens] of past) observe(first, askOf({ gains: curve, reasoningCap }, fraction), tokens);
        const state = first.state();
        const planAt = (fraction: number): ReturnType<EffortController['plan']> =>
          effortController({ state, referenceCalls: 3 }).plan(askOf({ gains: curve, reasoningCap }, fraction));
        const [small, large] = [planAt(Math.min(a, b) / 100), planAt(Math.max(a, b) / 100)];
        expect(large.maxReasoningTokens ?? 0).toBeGreaterThanOrEqual(small.maxReasoningTokens ?? 0);
        expect(large.maxOutputTokens ?? 0).toBeGreaterThanOrEqual(small.maxOutputTokens ?? 0);
        expect(small.maxReasoningTokens ?? small.maxOutputTokens).toBeGreaterThan(0);
        if (small.effort !== undefined && large.effort !== undefined) {
          expect(risingLevels.indexOf(large.effort)).toBeGreaterThanOrEqual(risingLevels.indexOf(small.effort));
        }
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});

describe('calibration', () => {
  const curves: readonly { readonly [level in EffortLevel]?: number }[] = [
    { low: 0.1, medium: 0.5, high: 1.6 },
    { minimal: 0.08, low: 0.3, medium: 1, high: 2.2 },
    { low: 0.15, max: 3 },
    { minimal: 0.1, low: 0.25, medium: 0.5, high: 1, xhigh: 1.6, max: 2.5 },
    // Levels out of order.
    { minimal: 0.15, low: 0.5, medium: 0.4, high: 1.1 },
  ];

  it('brings measured / asked within 0.85 to 1.15 over 100 calls, whatever the levels really do', () => {
    for (const gains of curves) {
      for (const fraction of [0.25, 0.5, 0.75, 1]) {
        for (let seed = 0; seed < 12; seed += 1) {
          const controller = effortController();
          drive(controller, { reasoner: { averageTokens: 800, spread: 0.4, gains, seed }, fraction, calls: 110 });
          const [report] = controller.report()[0]?.fractions ?? [];
          const named = `${JSON.stringify(gains)} at ${fraction}, seed ${seed}`;
          expect(report?.calls).toBe(100);
          expect(report?.ratio, named).toBeGreaterThan(0.85);
          expect(report?.ratio, named).toBeLessThan(1.15);
        }
      }
    }
  });

  it('does so with a cap on reasoning, too', () => {
    for (const fraction of [0.25, 0.5, 0.75, 1]) {
      for (const spread of [0, 0.4]) {
        for (let seed = 0; seed < 12; seed += 1) {
          const controller = effortController();
          const reasoner = { averageTokens: 800, spread, gains: {}, reasoningCap: true, seed };
          drive(controller, { reasoner, fraction, calls: 110 });
          const [report] = controller.report()[0]?.fractions ?? [];
          expect(report?.ratio).toBeGreaterThan(0.85);
          expect(report?.ratio).toBeLessThan(1.15);
        }
      }
    }
  });

  it('keeps several fractions apart, and 32 calls at once', () => {
    const reasoner = { averageTokens: 800, spread: 0.4, gains: { low: 0.2, medium: 0.9, high: 1.7 }, seed: 1 };
    const answer = simulateReasoner(reasoner);
    const controller = effortController();
    const fractions = [0.25, 0.5, 0.75, 1];
    for (let round = 0; round < 15; round += 1) {
      const plans = Array.from({ length: 32 }, (_, i) => controller.plan(askOf(reasoner, fractions[i % 4] ?? 1)));
      for (const plan of plans) controller.observe(plan, { lengths: [answer(plan)] });
    }
    const [report] = controller.report();
    expect(report?.fractions.map(({ fraction }) => fraction)).toEqual(fractions);
    for (const { ratio } of report?.fractions ?? []) expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
  });

  it('does not claim a fraction that no level reaches', () => {
    const controller = effortController();
    drive(controller, {
      reasoner: { averageTokens: 800, spread: 0, gains: { low: 0.6 }, seed: 1 },
      fraction: 0.2,
      calls: 110,
    });
    expect(controller.report()[0]?.fractions[0]?.ratio).toBeCloseTo(3, 1);
  });
});

describe('state', () => {
  it('goes through JSON: what is planned afterwards is the same', () => {
    const past = fc.array(fc.tuple(fc.constantFrom(0.3, 0.5, 1), fc.integer({ min: 0, max: 5000 }), fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(past, fc.integer({ min: 1, max: 200 }), (calls, hundredths) => {
        const one = effortController({ referenceCalls: 2 });
        for (const [fraction, tokens, isCut] of calls) {
          one.observe(one.plan({ ...levels, fraction }), { lengths: [{ tokens, isCut }] });
        }
        const state = JSON.parse(JSON.stringify(one.state())) as EffortState;
        const two = effortController({ state, referenceCalls: 2 });
        expect(two.state()).toEqual(one.state());
        expect(two.report()).toEqual(one.report());
        for (const ask of [levels, { ...cap, fraction: hundredths / 100 }])
          expect(two.plan(ask)).toEqual(one.plan(ask));
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('is refused where it is something else', () => {
    expect(() => effortController({ state: { kind: 'other', version: 1, records: [] } as never })).toThrow(
      /^state must be/,
    );
    expect(() => effortController({ state: { kind: 'tollgate-effort', version: 2, records: [] } as never })).toThrow(
      /version 2/,
    );
  });
});

describe('report', () => {
  it('counts compliance, and the reward of correct and compliant calls', () => {
    const controller = learned(cap, 1000);
    for (const [resultId, tokens] of [
      ['a', 400],
      ['b', 500],
      ['c', 750],
      ['d', 50],
    ] as const) {
      controller.observe(controller.plan(cap), { lengths: [{ tokens, isCut: false }], resultId });
    }
    for (const [resultId, correct] of [
      ['a', true],
      ['b', false],
      ['c', true],
    ] as const) {
      expect(controller.reportCorrect({ resultId, correct })).toBe(true);
    }
    expect(controller.reportCorrect({ resultId: 'a', correct: true })).toBe(false);
    expect(controller.reportCorrect({ resultId: 'nobody', correct: true })).toBe(false);
    expect(controller.report()).toEqual([
      {
        model: 'test/thinker',
        taskClass: 'sums',
        baselineTokens: 1000,
        referenceCalls: 10,
        unknown: 0,
        gains: {},
        fractions: [
          {
            fraction: 0.5,
            calls: 4,
            measured: 0.425,
            ratio: 0.85,
            complied: 0.75,
            graded: 3,
            correct: 2 / 3,
            rewarded: 1 / 3,
          },
        ],
      },
    ]);
    expect(effortController().report()).toEqual([]);
  });

  it('counts a plan once, and the attempts of a call by their mean', () => {
    const controller = learned(cap, 1000);
    const plan = controller.plan(cap);
    const lengths = [200, 600].map((tokens) => ({ tokens, isCut: false }));
    controller.observe(plan, { lengths, unknown: 1 });
    controller.observe(plan, { lengths });
    expect(controller.report()[0]).toMatchObject({ unknown: 1, fractions: [{ calls: 1, measured: 0.4 }] });
  });
});

it.each([
  ['referenceCalls', -1],
  ['referenceCalls', 1.5],
  ['priorTokens', 0],
  ['priorTokens', Number.NaN],
  ['alpha', 1],
  ['alpha', -0.1],
  ['answerAllowance', 0],
  ['reference', 'none'],
  ['reference', 'lots'],
] as const)('refuses %s %j', (option, value) => {
  expect(() => effortController({ [option]: value })).toThrow(new RegExp(`^${option} must be`));
});

it.each([0, -1, 2.01, Number.NaN])('refuses fraction %d', (fraction) => {
  expect(() => effortController().plan({ ...levels, fraction })).toThrow(InvalidOptionError);
});
