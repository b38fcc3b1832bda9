import {
  adaptive,
  bestOfMiniN,
  cascade,
  modelSwitch,
  multiplex,
  priorMultiplexer,
  single,
  verdict,
  vote,
  voteShare,
} from '@tollgate/router';
import { type Model, runStrategy } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Build, driveLive, driveReplay, judge, letters, type Tables } from './__fixtures__/both-drivers.ts';
import { randomCore } from './__fixtures__/random-core.ts';

const models = 3;

/** A strategy to build, as data. */
type Plan =
  | { readonly kind: 'model'; readonly index: number }
  | {
      readonly kind: 'random';
      readonly seed: number;
      readonly actions: number;
      readonly scored: boolean;
      readonly over: readonly Plan[];
    }
  | { readonly kind: 'single'; readonly over: Plan }
  | { readonly kind: 'vote'; readonly over: Plan; readonly samples: number }
  | {
      readonly kind: 'cascade';
      readonly over: readonly Plan[];
      readonly samples: number | undefined;
      readonly accept: number;
    }
  | { readonly kind: 'switch'; readonly over: readonly Plan[]; readonly samples: number; readonly threshold: number }
  | { readonly kind: 'adaptive'; readonly over: readonly Plan[]; readonly samples: number; readonly escalated: number }
  | { readonly kind: 'multiplex'; readonly over: readonly Plan[]; readonly usd: number; readonly scored: boolean }
  | {
      readonly kind: 'mini-n';
      readonly over: Plan;
      readonly miniN: number;
      readonly loops: number;
      readonly scored: boolean;
    };

const model: fc.Arbitrary<Plan> = fc.record({ kind: fc.constant('model'), index: fc.nat(models - 1) });

function plans(over: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> {
  const several = fc.array(over, { minLength: 1, maxLength: 3 });
  const samples = fc.integer({ min: 1, max: 4 });
  return fc.oneof(
    fc.record({
      kind: fc.constant('random'),
      seed: fc.nat(),
      actions: fc.integer({ min: 1, max: 8 }),
      scored: fc.boolean(),
      over: several,
    }),
    fc.record({ kind: fc.constant('single'), over }),
    fc.record({ kind: fc.constant('vote'), over, samples }),
    fc.record({
      kind: fc.constant('cascade'),
      over: several,
      samples: fc.option(samples, { nil: undefined }),
      accept: fc.constantFrom(0.3, 0.5, 0.6, 1),
    }),
    fc.record({ kind: fc.constant('switch'), over: several, samples, threshold: fc.constantFrom(0.5, 0.7, 1) }),
    fc.record({ kind: fc.constant('adaptive'), over: several, samples, escalated: samples }),
    fc.record({
      kind: fc.constant('multiplex'),
      over: several,
      usd: fc.constantFrom(-0.1, 0, 0.1),
      scored: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('mini-n'),
      over,
      miniN: fc.integer({ min: 1, max: 3 }),
      loops: fc.integer({ min: 1, max: 3 }),
      scored: fc.boolean(),
    }),
  );
}

const flat = plans(model);
const nested = plans(fc.oneof(model, flat));
const deep = plans(fc.oneof(model, nested));

const letter = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 1, arbitrary: fc.constantFrom(...letters) },
);
const tables: fc.Arbitrary<Tables> = fc.array(fc.string({ unit: letter, minLength: 60, maxLength: 60 }), {
  minLength: models,
  maxLength: models,
});

/**
 * Several runs of a strategy at once draw from its models in turn, where a replay does one run after the other. They see
 * the same samples only where a run asks each model once, in one order; else a source is asked for one sample at a time.
 */
function runsInOrder(plan: Plan): boolean {
  if (plan.kind === 'model') return true;
  if (plan.kind === 'random' || plan.kind === 'mini-n' || plan.kind === 'adaptive') return false;
  const over = Array.isArray(plan.over) ? (plan.over as readonly Plan[]) : [plan.over as Plan];
  const indices = over.map((one) => (one.kind === 'model' ? one.index : -1));
  return !indices.includes(-1) && new Set(indices).size === indices.length;
}

function build(plan: Plan, leaves: readonly Model[]): Model {
  switch (plan.kind) {
    case 'model':
      return leaves[plan.index] as Model;
    case 'random': {
      const core = randomCore({
        seed: plan.seed,
        actions: plan.actions,
        bare: plan.over.map((one) => one.kind === 'model'),
        scorers: plan.scored ? 1 : 0,
      });
      const sources = plan.over.map((one) => build(one, leaves));
      return runStrategy(core, { sources, scorers: plan.scored ? [judge] : [] });
    }
    case 'single':
      return single(build(plan.over, leaves));
    case 'vote':
      return vote(build(plan.over, leaves), { samples: runsInOrder(plan.over) ? plan.samples : 1 });
    case 'cascade': {
      const sources = plan.over.map((one) => build(one, leaves));
      if (plan.samples === undefined) return cascade(sources, { confidence: verdict() });
      const samples = plan.over.every(runsInOrder) ? plan.samples : 1;
      return cascade(sources, { confidence: voteShare({ samples }), accept: plan.accept });
    }
    case 'switch': {
      const samplesPerModel = plan.over.every(runsInOrder) ? plan.samples : 1;
      return modelSwitch(
        plan.over.map((one) => build(one, leaves)),
        { samplesPerModel, threshold: plan.threshold },
      );
    }
    case 'adaptive': {
      const inOrder = plan.over.every(runsInOrder);
      const [samples, escalated] = inOrder ? [plan.samples, plan.escalated] : [1, 1];
      const last = plan.over.length - 1;
      return adaptive(
        plan.over.map((one) => build(one, leaves)),
        {
          table: {
            probe: samples,
            bins: [
              { from: 0.7, tasks: 1, action: { kind: 'vote', samples } },
              // Two runs of a strategy that draws from several models do not come in one order.
              { from: 0.5, tasks: 1, action: { kind: 'vote', samples: samples + (inOrder ? 2 : 0) } },
              {
                from: 0,
                tasks: 1,
                action: last > 0 ? { kind: 'escalate', to: last, samples: escalated } : { kind: 'vote', samples },
              },
            ],
          },
        },
      );
    }
    case 'multiplex': {
      const usdPerAnswer = plan.over.map((_, i) => 0.5 + i * plan.usd);
      return multiplex(
        plan.over.map((one) => build(one, leaves)),
        { fallbackUsd: 1, state: priorMultiplexer({ usdPerAnswer }), ...(plan.scored && { scorer: judge }) },
      );
    }
    case 'mini-n': {
      const miniN = runsInOrder(plan.over) ? plan.miniN : 1;
      return bestOfMiniN(build(plan.over, leaves), {
        miniN,
        total: miniN * plan.loops,
        ...(plan.scored && { scorer: judge }),
      });
    }
    default:
      return plan satisfies never;
  }
}

async function expectAgreement(plan: Plan, samples: Tables): Promise<void> {
  const made: Build = (leaves) => {
    const strategy = build(plan, leaves);
    // A bare model decides nothing, so there is nothing to agree on.
    return plan.kind === 'model' ? single(strategy) : strategy;
  };
  const replayed = driveReplay(made, samples);
  for (const how of ['generate', 'stream'] as const) {
    const live = await driveLive(made, samples, how);
    expect(live).toEqual(replayed);
  }
}

describe('a live run and a replay decide the same and draw the same', () => {
  it.each([
    ['strategies over models', flat, 400],
    ['strategies over strategies', nested, 400],
    ['three deep', deep, 300],
  ] as const)('%s', async (_, plan, numRuns) => {
    await fc.assert(fc.asyncProperty(plan, tables, expectAgreement), { numRuns });
  });
});
