import {
  AbortedError,
  BudgetExceededError,
  type Capabilities,
  defineModel,
  type GenerateRequest,
  generateText,
  type LeafCall,
  type LeafOutcome,
  MissingScopeError,
  type Model,
  ModelCallError,
  rootContext,
  type StrategyPlan,
  strategyOf,
  wholeText,
  withPlan,
} from '@tollgate/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { perToken } from '../prices/per-token.ts';
import { memoryStore } from '../stores/memory.ts';
import { withBudget } from './with-budget.ts';

const capabilities: Capabilities = {
  samples: { nativeMax: 4, promptBilledOnce: true, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
  tools: false,
  schema: false,
  sampling: { temperature: false, topP: false, topK: false, seed: false },
  stop: false,
  efforts: [],
  limits: { contextTokens: 1000, maxOutputTokens: 200 },
  files: [],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
};

const request: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };

interface Leaf {
  readonly model: Model;
  readonly calls: LeafCall[];
}

/** Generates 10 tokens a sample at a thousandth of a cent each, or as many as it is allowed; the prompt is free. */
function leaf(change: (call: LeafCall) => LeafOutcome | undefined = () => undefined): Leaf {
  const calls: LeafCall[] = [];
  const model = defineModel({
    provider: 'test',
    modelId: 'echo',
    capabilities,
    pricing: perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 10 }),
    call: async (call) => {
      calls.push(call);
      const samples = call.request.samples ?? 1;
      const allowed = call.request.maxOutputTokens ?? 200;
      const tokens = Math.min(10, allowed);
      const by = allowed < 10 ? 'length' : 'eos';
      return (
        change(call) ?? {
          candidates: Array.from({ length: samples }, () => ({
            content: [{ type: 'text' as const, text: '97' }],
            finish: { unified: by === 'eos' ? ('stop' as const) : ('length' as const), by },
          })),
          usage: { inputUncached: 5, outputText: samples * tokens },
        }
      );
    },
  });
  return { model, calls };
}

let ledger: Ledger;

beforeEach(async () => {
  ledger = await createLedger({ store: memoryStore() });
});

describe('withBudget', () => {
  it('charges the scopes of the call, and says what it cost', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.5 });
    const result = await generateText(withBudget(leaf().model, { ledger }), 'Name a prime.', {
      scopes: { user: 'ada' },
    });
    expect(result.costUsd).toBe(0.0001);
    expect(await ledger.remaining({ user: 'ada' })).toMatchObject({ now: { usd: 0.4999 } });
    expect(await ledger.rows()).toMatchObject([
      { status: 'settled', cost: { usd: 0.0001 }, scopes: [{ kind: 'user', id: 'ada' }] },
    ]);
    expect((await ledger.rows())[0]?.attemptId).toBe(result.charges[0]?.attemptId);
  });

  it('sends nothing that it cannot pay', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.0003 });
    const { model, calls } = leaf();
    const bounded = withBudget(model, { ledger, scopes: { user: 'ada' } });
    await expect(bounded.generate(request)).rejects.toBeInstanceOf(BudgetExceededError);
    await expect(withBudget(model, { ledger }).generate(request)).rejects.toBeInstanceOf(MissingScopeError);
    await expect(bounded.stream(request).result).rejects.toBeInstanceOf(BudgetExceededError);
    expect(calls).toHaveLength(0);
    expect(await ledger.rows()).toEqual([]);
  });

  it('shortens what would not fit, and marks it', async () => {
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 0.00008 });
    const { model, calls } = leaf();
    const result = await withBudget(model, { ledger, scopes: { run: 'r' }, answerFloorTokens: 4 }).generate(request);
    expect(calls[0]?.request.maxOutputTokens).toBe(8);
    expect(calls[0]?.original.maxOutputTokens).toBeUndefined();
    expect(result.candidates[0]?.finish.by).toBe('budget');
    expect(result.warnings).toMatchObject([{ code: 'fitted', option: 'maxOutputTokens' }]);
  });

  it('bounds a stream in the same way', async () => {
    const stream = withBudget(leaf().model, { ledger, scopes: { run: 'r' } }).stream(request);
    const types: string[] = [];
    for await (const part of stream) types.push(part.type);
    expect(types.at(-1)).toBe('finish');
    expect(await ledger.totals({ run: 'r' })).toMatchObject({ settled: { usd: 0.0001 }, held: { usd: 0 }, rows: 1 });
  });

  it('holds every attempt of a call with many samples on its own', async () => {
    const result = await withBudget(leaf().model, { ledger }).generate({ ...request, samples: 10 });
    expect(result.candidates).toHaveLength(10);
    expect((await ledger.rows()).map(({ cost }) => cost?.usd)).toEqual([0.0004, 0.0004, 0.0002]);
  });

  it('never passes the cap with many calls at once', async () => {
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 0.005 });
    const bounded = withBudget(leaf().model, { ledger, scopes: { run: 'r' } });
    const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => bounded.generate(request)));
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
    );
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(['budget-busy']));
    const totals = await ledger.totals({ run: 'r' });
    expect(totals.held.usd).toBe(0);
    expect(totals.settled.usd).toBeLessThanOrEqual(0.005);
  });

  it('charges an attempt once under any nesting of budgets of one ledger', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 1 });
    const user = (model: Model): Model => withBudget(model, { ledger, scopes: { user: 'ada' } });
    const other = (model: Model): Model => withBudget(model, { ledger, scopes: { user: 'bob', run: 'r' } });
    const context = () => rootContext({ scopes: { task: 't' } });
    await user(other(leaf().model)).generate({ ...request, context: context() });
    await other(user(leaf().model)).generate({ ...request, context: context() });
    await other(other(user(leaf().model))).generate({ ...request, context: context() });
    const rows = (await ledger.rows()).map(({ scopes, cost, hold }) => ({
      scopes: scopes.map(({ kind, id }) => `${kind}=${id}`).toSorted(),
      cost,
      hold,
    }));
    expect(rows).toHaveLength(3);
    expect(rows[0]?.scopes).toEqual(['run=r', 'task=t', 'user=ada', 'user=bob']);
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
    expect(await ledger.totals({ user: 'ada' })).toMatchObject({ settled: { usd: 0.0003 } });
  });

  it('holds in two ledgers, or in neither', async () => {
    const strict = await createLedger({ store: memoryStore() });
    await strict.setLimit({ kind: 'team', id: 'blue', usd: 0 });
    const { model, calls } = leaf();
    const both = withBudget(withBudget(model, { ledger: strict, scopes: { team: 'blue' } }), { ledger });
    await expect(both.generate(request)).rejects.toBeInstanceOf(BudgetExceededError);
    expect(calls).toHaveLength(0);
    expect(await ledger.totals()).toMatchObject({ held: { usd: 0 }, settled: { usd: 0 } });
    await strict.setLimit({ kind: 'team', id: 'blue', usd: 0.0005 });
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 1 });
    await both.generate(request);
    expect(calls[0]?.request.maxOutputTokens).toBe(50);
    expect(await ledger.totals()).toMatchObject({ settled: { usd: 0.0001 } });
    expect(await strict.totals()).toMatchObject({ settled: { usd: 0.0001 } });
  });

  it('returns the hold of a call that was refused, and charges that of one whose fate is unknown', async () => {
    const failing = (dispatch: 'refused' | 'unknown'): Model =>
      withBudget(
        leaf(() => {
          throw new ModelCallError('It failed.', { failure: 'server', dispatch });
        }).model,
        { ledger },
      );
    await expect(failing('refused').generate(request)).rejects.toThrow('It failed.');
    expect(await ledger.totals()).toMatchObject({ settled: { usd: 0 }, held: { usd: 0 } });
    await expect(failing('unknown').generate(request)).rejects.toMatchObject({ charges: [{ cost: { usd: 0.002 } }] });
    expect(await ledger.totals()).toMatchObject({ settled: { usd: 0.002 }, held: { usd: 0 }, rows: 2 });
    expect(await ledger.rows()).toMatchObject([
      { status: 'released' },
      { status: 'settled', usageKnown: 'upper-bound' },
    ]);
  });

  it('charges what an aborted call had consumed', async () => {
    const controller = new AbortController();
    const { model } = leaf(() => {
      controller.abort();
      return {
        candidates: [{ content: [], finish: { unified: 'aborted', by: 'aborted' } }],
        usage: { inputUncached: 5, outputText: 3 },
        usageKnown: 'estimated',
      };
    });
    const call = withBudget(model, { ledger }).generate({ ...request, signal: controller.signal });
    await expect(call).rejects.toBeInstanceOf(AbortedError);
    expect(await ledger.rows()).toMatchObject([{ status: 'settled', usageKnown: 'estimated', cost: { usd: 0.00003 } }]);
  });

  it('holds a model made by hand where it is wrapped, each of its calls as one attempt', async () => {
    const unguarded: number[] = [];
    const byHand: Model = {
      ...plainModel(leaf().model),
      pricing: perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 10 }),
      generate: async (asked) => {
        unguarded.push(asked.context?.guards.length ?? 0);
        return leaf().model.generate(asked);
      },
    };
    const bounded = withBudget(withBudget(byHand, { ledger, scopes: { user: 'ada' } }), {
      ledger,
      scopes: { run: 'r' },
    });
    await bounded.generate(request);
    expect(unguarded).toEqual([0]);
    expect(await ledger.totals({ user: 'ada', run: 'r' })).toMatchObject({ settled: { usd: 0.0001 }, rows: 1 });
    expect(await ledger.totals()).toMatchObject({ rows: 1 });
  });

  it('is the same model to look at, strategies included', async () => {
    let closed = 0;
    const plan: StrategyPlan = {
      core: { name: 'none', start: () => ({}), observe: () => ({}), next: () => ({ type: 'stop', reason: 'none' }) },
      sources: [],
      scorers: [],
      answer: wholeText(),
      signals: [],
    };
    const inner = withPlan({ ...plainModel(leaf().model), close: async () => void (closed += 1) }, plan);
    const bounded = withBudget(inner, { ledger });
    expect(bounded).toMatchObject({ specVersion: 1, provider: 'test', modelId: 'echo' });
    expect(bounded.capabilitiesFor(request)).toBe(inner.capabilitiesFor(request));
    expect(strategyOf(bounded)).toBe(plan);
    expect(strategyOf(withBudget(leaf().model, { ledger }))).toBeUndefined();
    await bounded.close?.();
    expect(closed).toBe(1);
  });

  it.each([0, 1.5, Number.NaN])('refuses answerFloorTokens %d', (answerFloorTokens) => {
    expect(() => withBudget(leaf().model, { ledger, answerFloorTokens })).toThrow(
      /^answerFloorTokens must be a whole number/,
    );
  });
});

function plainModel(model: Model): Model {
  return {
    specVersion: 1,
    provider: model.provider,
    modelId: model.modelId,
    capabilitiesFor: (asked) => model.capabilitiesFor(asked),
    generate: async (asked) => model.generate(asked),
    stream: (asked) => model.stream(asked),
  };
}
