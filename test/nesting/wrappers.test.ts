import { createLedger, type Ledger, type LedgerRow, memoryStore, perToken, withBudget } from '@tollgate/budget';
import {
  type CallFailure,
  defineModel,
  type Dispatch,
  type GenerateResult,
  Limiter,
  type Model,
  ModelCallError,
  rootContext,
  textOf,
  TollgateError,
  withConcurrency,
  withDefaults,
  withFallback,
  withRetry,
  withTimeout,
} from '@tollgate/sdk';
import { textCapabilities, virtualClock } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** What a call to the leaf does: fails, or answers after some time. */
type Step = { readonly fails: readonly [CallFailure, Dispatch] } | { readonly answersAfterMs: number };

function leaf(modelId: string, script: readonly Step[]): Model {
  let calls = 0;
  return defineModel({
    provider: 'test',
    modelId,
    pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
    capabilities: textCapabilities({ limits: { maxOutputTokens: 40 } }),
    countInputTokens: () => 10,
    call: async ({ context, signal, emit }) => {
      const step = script[Math.min(calls, script.length - 1)] ?? { answersAfterMs: 0 };
      calls += 1;
      if ('fails' in step) {
        const [failure, dispatch] = step.fails;
        throw new ModelCallError(`${modelId}: ${failure}`, { failure, dispatch });
      }
      const usage = { inputUncached: 10, outputText: 3 };
      try {
        if (step.answersAfterMs > 0) await context.clock.sleep(step.answersAfterMs, signal);
      } catch {
        const finish = { unified: 'aborted', by: 'aborted' } as const;
        return { candidates: [{ content: [], finish }], usage, usageKnown: 'estimated' };
      }
      emit?.({ type: 'text-delta', sample: 0, text: modelId });
      return {
        candidates: [{ content: [{ type: 'text', text: modelId }], finish: { unified: 'stop', by: 'eos' } }],
        usage,
      };
    },
  });
}

interface World {
  readonly ledger: Ledger;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly limiter: Limiter;
}

async function world(): Promise<World> {
  const clock = virtualClock(0, { autoAdvance: true });
  const ledger = await createLedger({ store: memoryStore(), clock });
  await ledger.setLimit({ kind: 'run', id: 'night', usd: 1 });
  return { ledger, clock, limiter: new Limiter(2) };
}

const kinds = ['budget', 'retry', 'timeout', 'concurrency', 'fallback', 'defaults'] as const;
type Kind = (typeof kinds)[number];

function wrap(kind: Kind, model: Model, { ledger, limiter }: World): Model {
  const budget = (inner: Model): Model => withBudget(inner, { ledger, scopes: { run: 'night' } });
  switch (kind) {
    case 'budget':
      return budget(model);
    case 'retry':
      return withRetry(model, { baseDelayMs: 10 });
    case 'timeout':
      return withTimeout(model, { timeoutMs: 1000 });
    case 'concurrency':
      return withConcurrency(model, { limiter });
    case 'fallback':
      // A budget inside does not reach what is brought along, so it is put around that too.
      return withFallback(model, [budget(leaf('other', [{ answersAfterMs: 1 }]))]);
    case 'defaults':
      return withDefaults(model, { maxOutputTokens: 20 });
    default:
      return kind satisfies never;
  }
}

async function ask(
  model: Model,
  { clock }: World,
  { stream = false, signal }: { readonly stream?: boolean; readonly signal?: AbortSignal } = {},
): Promise<GenerateResult> {
  const context = rootContext({ seed: 5, clock });
  const request = {
    messages: [{ role: 'user', content: 'Which letter?' }] as const,
    context,
    ...(signal !== undefined && { signal }),
  };
  return stream ? model.stream(request).result : model.generate(request);
}

function essence(rows: readonly LedgerRow[]): string {
  return rows
    .map(({ model, status, cost }) => `${model.modelId} ${status} ${cost?.nanoUsd ?? '-'}`)
    .sort()
    .join('; ');
}

function ordersOf<T>(things: readonly T[]): readonly (readonly T[])[] {
  if (things.length === 0) return [[]];
  return things.flatMap((thing, i) => ordersOf(things.toSpliced(i, 1)).map((rest) => [thing, ...rest]));
}

const inside = (order: readonly Kind[], one: Kind, other: Kind): boolean => order.indexOf(one) < order.indexOf(other);

describe('every order of wrappers', () => {
  // Innermost first. The defaults are always there: what is sent is the same in every order.
  const orders = ordersOf<Kind>(['budget', 'retry', 'timeout', 'concurrency', 'fallback']).map(
    (order): readonly Kind[] => ['defaults', ...order],
  );

  async function outcomes(script: readonly Step[], among = orders): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    for (const order of among) {
      for (const stream of [false, true]) {
        const here = await world();
        const model = order.reduce((inner, kind) => wrap(kind, inner, here), leaf('main', script));
        const came = await ask(model, here, { stream }).then(
          ({ candidates }) => candidates.map(textOf).join(),
          (error: unknown) => (TollgateError.isInstance(error) ? error.message : String(error)),
        );
        seen.add(`${came}: ${essence(await here.ledger.rows())}`);
        expect((await here.ledger.totals()).held.nanoUsd).toBe('0');
      }
    }
    return seen;
  }

  it('is the same where the model answers', async () => {
    expect(await outcomes([{ answersAfterMs: 5 }])).toEqual(new Set(['main: main settled 13000']));
  });

  it('differs in one thing where it fails: which of retry and fallback sits inside', async () => {
    const script: readonly Step[] = [{ fails: ['overloaded', 'refused'] }, { answersAfterMs: 5 }];
    const retryFirst = orders.filter((order) => inside(order, 'retry', 'fallback'));
    const fallbackFirst = orders.filter((order) => inside(order, 'fallback', 'retry'));
    expect([retryFirst.length, fallbackFirst.length]).toEqual([60, 60]);
    expect(await outcomes(script, retryFirst)).toEqual(new Set(['main: main released 0; main settled 13000']));
    expect(await outcomes(script, fallbackFirst)).toEqual(new Set(['other: main released 0; other settled 13000']));
  });

  it('differs in one thing where it is silent: whether the time is up for the fallback too', async () => {
    const script: readonly Step[] = [{ answersAfterMs: 5000 }];
    const timeoutFirst = orders.filter((order) => inside(order, 'timeout', 'fallback'));
    const fallbackFirst = orders.filter((order) => inside(order, 'fallback', 'timeout'));
    expect(await outcomes(script, timeoutFirst)).toEqual(new Set(['other: main settled 13000; other settled 13000']));
    expect(await outcomes(script, fallbackFirst)).toEqual(
      new Set(['test/main was given 1000 ms for the whole call, and it was over.: main settled 13000']),
    );
  });
});

describe('any nesting, whatever happens', () => {
  it('charges what the ledger settled, and leaves no hold and no place taken', async () => {
    const failures: readonly CallFailure[] = ['overloaded', 'server', 'auth', 'bad-request', 'network', 'timeout'];
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ answersAfterMs: fc.integer({ min: 0, max: 1500 }) }),
      fc.record({
        fails: fc.tuple(fc.constantFrom(...failures), fc.constantFrom<Dispatch>('not-sent', 'refused', 'unknown')),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...kinds), { maxLength: 6 }),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.record({
          stream: fc.boolean(),
          abortAtMs: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined }),
        }),
        async (nesting, script, { stream, abortAtMs }) => {
          const here = await world();
          const nested = nesting.reduce((inner, kind) => wrap(kind, inner, here), leaf('main', script));
          const controller = new AbortController();
          if (abortAtMs !== undefined) void here.clock.sleep(abortAtMs).then(() => controller.abort());
          const { charges } = await ask(wrap('budget', nested, here), here, {
            stream,
            signal: controller.signal,
          }).catch((error: unknown) => {
            if (TollgateError.isInstance(error)) return error;
            throw error;
          });
          const rows = await here.ledger.rows();
          const settled = rows.filter(({ status }) => status === 'settled').map(({ attemptId }) => attemptId);
          expect(charges.map(({ attemptId }) => attemptId).sort()).toEqual(settled.sort());
          expect(rows.every(({ status }) => status === 'settled' || status === 'released')).toBe(true);
          expect((await here.ledger.totals()).held.nanoUsd).toBe('0');
          expect([here.limiter.running, here.limiter.waiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
