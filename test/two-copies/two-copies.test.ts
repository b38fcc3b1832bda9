import { createLedger, type Ledger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { vote } from '@tollgate/router';
import * as ours from '@tollgate/sdk';
import { scriptedModel, textCapabilities, virtualClock } from '@tollgate/sdk/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';

/** The package once more, as two versions of it in one `node_modules` are. */
let theirs: typeof ours;
beforeAll(async () => {
  vi.resetModules();
  theirs = await import('@tollgate/sdk');
});

const messages = [{ role: 'user', content: 'Which letter?' }] as const;
const pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });

/** A leaf of their copy: fails with an error of that copy as often as told, then answers. */
function theirLeaf(failures = 0, delayMs = 0): ours.Model {
  let left = failures;
  return theirs.defineModel({
    provider: 'test',
    modelId: 'theirs',
    pricing,
    capabilities: textCapabilities({ limits: { maxOutputTokens: 20 } }),
    countInputTokens: () => 10,
    call: async ({ context, signal }) => {
      if (left > 0) {
        left -= 1;
        throw new theirs.ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' });
      }
      if (delayMs > 0) await context.clock.sleep(delayMs, signal);
      return {
        candidates: [{ content: [{ type: 'text', text: 'A' }], finish: { unified: 'stop', by: 'eos' } }],
        usage: { inputUncached: 10, outputText: 3 },
      };
    },
  });
}

async function ledgerOf(): Promise<Ledger> {
  return createLedger({ store: memoryStore(), clock: virtualClock(0, { autoAdvance: true }) });
}

function request(): ours.GenerateRequest {
  return { messages, context: ours.rootContext({ clock: virtualClock(0, { autoAdvance: true }), seed: 1 }) };
}

describe('two copies of the package', () => {
  it('are two', () => {
    expect(theirs.TollgateError).not.toBe(ours.TollgateError);
    expect(theirs.defineModel).not.toBe(ours.defineModel);
  });

  it('know one another’s errors', () => {
    const failed = new theirs.ModelCallError('x', { failure: 'server', dispatch: 'unknown' });
    expect(failed).not.toBeInstanceOf(ours.ModelCallError);
    expect(ours.ModelCallError.isInstance(failed)).toBe(true);
    expect(ours.TollgateError.isInstance(new theirs.InvalidOptionError('o', 'x'))).toBe(true);
    expect(ours.AbortedError.isInstance(new theirs.AbortedError('x'))).toBe(true);
    expect(ours.AbortedError.isInstance(failed)).toBe(false);
  });

  it('hold every attempt of a model of the other, retries and votes included', async () => {
    const ledger = await ledgerOf();
    const model = withBudget(vote(theirs.withRetry(theirLeaf(2)), { samples: 3 }), { ledger });
    const { charges } = await model.generate(request());
    const rows = await ledger.rows();
    expect(rows.map(({ status }) => status).sort()).toEqual(['released', 'released', 'settled', 'settled', 'settled']);
    expect(charges).toHaveLength(3);
    expect((await ledger.totals()).held.nanoUsd).toBe('0');
  });

  it('retry, fall back, queue and time out around a model of the other', async () => {
    expect((await ours.withRetry(theirLeaf(2)).generate(request())).charges).toHaveLength(1);
    const other = scriptedModel([{ text: 'B' }]);
    const fell = await ours.withFallback(theirLeaf(1), [other]).generate(request());
    expect(fell.candidates.map(ours.textOf)).toEqual(['B']);
    const limiter = new ours.Limiter(1);
    const nested = ours.withConcurrency(theirs.withConcurrency(theirLeaf(), { limiter }), { limiter });
    expect((await nested.generate(request())).candidates).toHaveLength(1);
    await expect(ours.withTimeout(theirLeaf(0, 1000), { timeoutMs: 10 }).generate(request())).rejects.toMatchObject({
      failure: 'timeout',
      charges: [{ usageKnown: 'upper-bound' }],
    });
  });

  it('see what is attached to a model of the other', () => {
    const leaf = theirLeaf();
    expect(ours.doesCarryContext(leaf)).toBe(true);
    expect(ours.heldAsLeaf(leaf)).toBe(leaf);
    const strategy = theirs.runStrategy(
      { name: 'none', start: () => 0, observe: () => 0, next: () => ({ type: 'stop', reason: 'nothing' }) },
      { sources: [leaf] },
    );
    expect(ours.strategyOf(ours.withRetry(strategy))).toBe(theirs.strategyOf(strategy));
    const tokens = { tokenizer: {}, promptTokens: () => [1], open: async () => ({}) } as object as ours.TokenModel;
    const withTokens = theirs.withTokenModel(theirLeaf(), () => tokens);
    expect(ours.asTokenModel(ours.withRetry(withTokens))).toBe(tokens);
  });

  it('refuse by a budget in the middle of a strategy of the other, which gives the best it has', async () => {
    const ledger = await ledgerOf();
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 0.00003 });
    const model = withBudget(
      theirs.runStrategy<{ readonly ids: readonly string[]; readonly isOver: boolean }>(
        {
          name: 'until broke',
          start: () => ({ ids: [], isOver: false }),
          observe: (state, event) =>
            event.type === 'drawn'
              ? { ...state, ids: [...state.ids, ...event.candidates.map(({ id }) => id)] }
              : { ...state, isOver: true },
          next: ({ ids: [candidate], isOver }) => {
            if (!isOver) return { type: 'draw', from: 0, count: 1 };
            return candidate === undefined
              ? { type: 'stop', reason: 'nothing' }
              : { type: 'accept', candidate, accepted: false, reason: 'the best there is' };
          },
        },
        { sources: [theirLeaf()] },
      ),
      { ledger, scopes: { run: 'r' } },
    );
    const result = await model.generate(request());
    expect(result.decision.status).toBe('budget');
    expect(result.candidates.length).toBeGreaterThan(0);
  });
});
