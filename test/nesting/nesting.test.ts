import {
  createLedger,
  type Ledger,
  type LedgerRow,
  memoryStore,
  perToken,
  type Store,
  withBudget,
} from '@tollgate/budget';
import { bestOfMiniN, cascade, single, verdict, vote } from '@tollgate/router';
import {
  BudgetExceededError,
  defineModel,
  type GenerateResult,
  type Model,
  ModelCallError,
  rootContext,
  type Scorer,
  textOf,
  withRetry,
} from '@tollgate/sdk';
import { textCapabilities, virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';

/** Says always the same, at a price of its own; fails as often as it is told to first. */
function leaf(
  modelId: string,
  text: string,
  options: { readonly failures?: number; readonly onCall?: () => unknown } = {},
): Model {
  let failures = options.failures ?? 0;
  const usdPerMillion = modelId.length;
  return defineModel({
    provider: 'test',
    modelId,
    pricing: perToken({ inputUsdPerMillion: usdPerMillion, outputUsdPerMillion: usdPerMillion }),
    capabilities: textCapabilities({ limits: { maxOutputTokens: 40 } }),
    countInputTokens: () => 10,
    call: async ({ emit }) => {
      await options.onCall?.();
      if (failures > 0) {
        failures -= 1;
        throw new ModelCallError(`test/${modelId} answered 529: overloaded`, {
          failure: 'overloaded',
          dispatch: 'refused',
          status: 529,
        });
      }
      emit?.({ type: 'text-delta', sample: 0, text });
      return {
        candidates: [{ content: [{ type: 'text', text }], finish: { unified: 'stop', by: 'eos' } }],
        usage: { inputUncached: 10, outputText: 3 },
      };
    },
  });
}

/** A judge that asks a model about every candidate, and is never content. */
function judgedBy(judge: Model): Scorer {
  return {
    name: 'judge',
    score: async ({ candidates, context }) => {
      const opinions = await Promise.all(
        candidates.map(async (candidate) => {
          const messages = [{ role: 'user', content: `Is "${textOf(candidate)}" right?` }] as const;
          const { charges } = await judge.generate({ messages, context });
          return { verdict: { candidateId: candidate.id, status: 'reject', score: 0.25 } as const, charges };
        }),
      );
      return {
        verdicts: opinions.map((opinion) => opinion.verdict),
        charges: opinions.flatMap((opinion) => opinion.charges),
      };
    },
  };
}

/** What is put around a model. A layer that brings a model of its own gets it through `bring`. */
type Layer = (inner: Model, bring: (model: Model) => Model) => Model;

const layers = {
  cascade: (inner, bring) => cascade([inner, bring(leaf('big', 'B'))], { confidence: verdict() }),
  vote: (inner) => vote(inner, { samples: 2 }),
  judge: (inner, bring) => bestOfMiniN(inner, { miniN: 1, total: 2, scorer: judgedBy(bring(leaf('judge', 'no'))) }),
} satisfies Readonly<Record<string, Layer>>;

const wrappers = ['budget', 'retry'] as const;
type Name = keyof typeof layers | (typeof wrappers)[number];

/** Every order of some things. */
function ordersOf<T>(things: readonly T[]): readonly (readonly T[])[] {
  if (things.length === 0) return [[]];
  return things.flatMap((thing, i) => ordersOf(things.toSpliced(i, 1)).map((rest) => [thing, ...rest]));
}

/**
 * The model of an order, innermost first. A budget or a retry inside a layer does not reach what that layer brings along, so
 * it is put around that too: what differs between orders is where they sit, never what they cover.
 */
function nest(order: readonly Name[], ledger: Ledger, core: Model): Model {
  const inForce: ((model: Model) => Model)[] = [];
  const bring = (model: Model): Model => inForce.reduce((wrapped, wrap) => wrap(wrapped), model);
  let model = core;
  for (const name of order) {
    if (name === 'budget' || name === 'retry') {
      const wrap =
        name === 'budget'
          ? (inner: Model) => withBudget(inner, { ledger, scopes: { run: 'night' } })
          : (inner: Model) => withRetry(inner);
      inForce.push(wrap);
      model = wrap(model);
    } else {
      model = layers[name](model, bring);
    }
  }
  return model;
}

async function openLedger(store: Store = memoryStore()): Promise<Ledger> {
  const ledger = await createLedger({ store, clock: virtualClock(0, { autoAdvance: true }) });
  await ledger.setLimit({ kind: 'run', id: 'night', usd: 1 });
  return ledger;
}

async function ask(model: Model, how: 'generate' | 'stream' = 'generate'): Promise<GenerateResult> {
  const context = rootContext({ scopes: { user: 'ada' }, seed: 5, clock: virtualClock(0, { autoAdvance: true }) });
  const request = { messages: [{ role: 'user', content: 'Which letter?' }], maxOutputTokens: 20, context } as const;
  return how === 'generate' ? model.generate(request) : model.stream(request).result;
}

/** Rows without what names them: an attempt and its span have other names in every run. */
function essence(rows: readonly LedgerRow[]): readonly string[] {
  return rows
    .map((row) => {
      const { attemptId: _, label: __, candidateIds, scopes, ...rest } = row;
      const named = scopes.map(({ kind, id }) => `${kind} ${id}`).sort();
      return JSON.stringify({ ...rest, candidates: candidateIds.length, scopes: named });
    })
    .sort();
}

describe('nesting', () => {
  const strategies = Object.keys(layers) as (keyof typeof layers)[];

  it.each(ordersOf(strategies).map((order) => [order.join(' in '), order] as const))(
    'gives the same rows wherever a budget and a retry sit around %s',
    async (_, inside) => {
      const seen = new Map<string, string>();
      const orders = ordersOf<Name>([...inside, ...wrappers]).filter(
        (order) => order.filter((name) => name !== 'budget' && name !== 'retry').join() === inside.join(),
      );
      expect(orders).toHaveLength(20);
      for (const order of orders) {
        for (const how of ['generate', 'stream'] as const) {
          const ledger = await openLedger();
          const { decision, candidates, charges } = await ask(nest(order, ledger, leaf('s', 'A')), how);
          const rows = await ledger.rows();
          const answer = candidates.find(({ id }) => id === decision.chosen);
          const came = JSON.stringify({
            rows: essence(rows),
            answer: answer && textOf(answer),
            status: decision.status,
            // What the result says was paid is what the ledger says was paid.
            charged:
              charges
                .map(({ attemptId }) => attemptId)
                .sort()
                .join() ===
              rows
                .map(({ attemptId }) => attemptId)
                .sort()
                .join(),
          });
          seen.set(came, `${order.join(' in ')}, ${how}`);
          expect((await ledger.totals()).held.nanoUsd).toBe('0');
        }
      }
      expect([...seen.values()]).toHaveLength(1);
      const [came = '{}'] = seen.keys();
      const { rows, charged } = JSON.parse(came) as { readonly rows: readonly string[]; readonly charged: boolean };
      expect(charged).toBe(true);
      expect(rows.length).toBeGreaterThanOrEqual(4);
      expect(
        rows.every((row) => row.includes('"status":"settled"') && row.includes('"scopes":["run night","user ada"]')),
      ).toBe(true);
      for (const name of ['"modelId":"s"', '"modelId":"judge"']) expect(came.replaceAll('\\', '')).toContain(name);
    },
  );

  it('holds every try of a retry on its own, inside the budget or around it', async () => {
    const outcomes: (readonly string[])[] = [];
    for (const order of ordersOf(['budget', 'retry', 'single'] as const)) {
      const ledger = await openLedger();
      const wrap = {
        budget: (inner: Model) => withBudget(inner, { ledger, scopes: { run: 'night' } }),
        retry: (inner: Model) => withRetry(inner),
        single: (inner: Model) => single(inner),
      };
      const model = order.reduce<Model>((inner, name) => wrap[name](inner), leaf('s', 'A', { failures: 2 }));
      expect((await ask(model)).decision.status).toMatch(/accepted|unverified/);
      outcomes.push(essence(await ledger.rows()));
    }
    expect(new Set(outcomes.map((rows) => rows.join('\n'))).size).toBe(1);
    const statuses = outcomes[0]?.map((row) => (JSON.parse(row) as LedgerRow).status);
    expect(statuses?.sort()).toEqual(['released', 'released', 'settled']);
  });
});

describe('two budgets', () => {
  /** A store that keeps what was asked of it. */
  function watched(): { readonly store: Store; readonly reserved: (readonly string[])[] } {
    const reserved: (readonly string[])[] = [];
    const store = memoryStore();
    const reserve = store.reserve.bind(store);
    store.reserve = (asked) => {
      reserved.push(asked.scopes.map(({ kind, id }) => `${kind} ${id}`).sort());
      return reserve(asked);
    };
    return { store, reserved };
  }

  it('on one ledger are one transaction for the scopes of both', async () => {
    const { store, reserved } = watched();
    const ledger = await openLedger(store);
    const inner = withBudget(leaf('s', 'A'), { ledger, scopes: { team: 'red', run: 'night' } });
    await ask(withBudget(vote(inner, { samples: 2 }), { ledger, scopes: { run: 'day' } }));
    expect(reserved).toEqual([
      ['run day', 'run night', 'team red', 'user ada'],
      ['run day', 'run night', 'team red', 'user ada'],
    ]);
    expect(await ledger.rows()).toHaveLength(2);
  });

  it('on one ledger refuse together, whichever cap is met, and hold nothing', async () => {
    for (const kind of ['inner', 'outer']) {
      const ledger = await openLedger();
      await ledger.setLimit({ kind, id: 'x', usd: 0 });
      const inner = withBudget(leaf('s', 'A'), { ledger, scopes: { inner: 'x' } });
      await expect(ask(withBudget(inner, { ledger, scopes: { outer: 'x' } }))).rejects.toBeInstanceOf(
        BudgetExceededError,
      );
      expect(await ledger.totals()).toMatchObject({ rows: 0, held: { nanoUsd: '0' } });
    }
  });

  it('on two ledgers both hold while the call is out, and both settle', async () => {
    const first = await openLedger();
    const second = await openLedger();
    const heldMeanwhile: string[] = [];
    const model = leaf('s', 'A', {
      onCall: async () => {
        for (const ledger of [first, second]) heldMeanwhile.push((await ledger.totals()).held.nanoUsd);
      },
    });
    const nested = withBudget(vote(withBudget(model, { ledger: first }), { samples: 1 }), { ledger: second });
    const { charges } = await ask(nested);
    // 10 tokens of prompt and 20 of answer at a dollar a million.
    expect(heldMeanwhile).toEqual(['30000', '30000']);
    for (const ledger of [first, second]) {
      expect(await ledger.totals()).toMatchObject({ settled: { nanoUsd: '13000' }, held: { nanoUsd: '0' }, rows: 1 });
      expect((await ledger.rows())[0]?.attemptId).toBe(charges[0]?.attemptId);
    }
  });

  it('on two ledgers refuse where one does, and give back what the other held', async () => {
    for (const poor of [0, 1]) {
      const ledgers = [await openLedger(), await openLedger()] as const;
      await ledgers[poor === 0 ? 0 : 1].setLimit({ kind: 'user', id: 'ada', usd: 0 });
      let sent = 0;
      const model = leaf('s', 'A', { onCall: () => (sent += 1) });
      const nested = withBudget(withBudget(model, { ledger: ledgers[0] }), { ledger: ledgers[1] });
      await expect(ask(nested)).rejects.toBeInstanceOf(BudgetExceededError);
      expect(sent).toBe(0);
      for (const ledger of ledgers)
        expect(await ledger.totals()).toMatchObject({ held: { nanoUsd: '0' }, settled: { nanoUsd: '0' } });
    }
  });
});
