import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { type CallFailure, type Dispatch, ModelCallError, StreamTruncatedError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { doesCarryContext } from '../leaf/carries-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { Model } from '../spec/model.ts';
import type { StreamPart } from '../spec/stream.ts';
import { textOf } from '../strategy/whole-text.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { mayFallBack } from './may-fall-back.ts';
import { withFallback } from './with-fallback.ts';
import { withRetry } from './with-retry.ts';
import { withTimeout } from './with-timeout.ts';

const messages = [{ role: 'user', content: 'Why?' }] as const;

function failed(failure: CallFailure, dispatch: Dispatch = 'refused'): ModelCallError {
  return new ModelCallError(`it said ${failure}`, { failure, dispatch });
}

const money = { usd: 1, nanoUsd: '1' };
const refusal = {
  scope: { kind: 'run', id: 'r' },
  dimension: 'usd' as const,
  cap: money,
  settled: money,
  held: money,
  asked: money,
};

function named(modelId: string, steps: Parameters<typeof scriptedModel>[0]): ReturnType<typeof scriptedModel> {
  return scriptedModel(steps, { modelId });
}

describe('withFallback', () => {
  it('asks the next model after the retries of the first, keeps all charges, and says why', async () => {
    const guard = new RecordingGuard();
    const clock = virtualClock(0, { autoAdvance: true });
    const first = named('a', [{ error: failed('overloaded') }, { error: failed('server', 'unknown') }]);
    const model = withFallback(withRetry(first), [named('b', [{ text: 'from b' }])]);
    const result = await model.generate({ messages, context: rootContext({ clock, guards: [guard], seed: 1 }) });
    expect(result.candidates.map(textOf)).toEqual(['from b']);
    expect(result.charges.map(({ model: { modelId }, usageKnown }) => [modelId, usageKnown])).toEqual([
      ['a', 'upper-bound'],
      ['b', 'exact'],
    ]);
    expect(result.warnings).toEqual([
      {
        code: 'fallback',
        message: 'scripted/a failed (server, unknown), so scripted/b was asked. it said server',
      },
    ]);
    expect(result.trace).toMatchObject({
      kind: 'wrapper',
      name: 'fallback scripted/a',
      status: 'answered',
      values: { 'scripted/a': 'server, unknown', answered: 'scripted/b' },
    });
    expect(guard.open.size).toBe(0);
    first.assertDone();
  });

  it('is silent where the first answers', async () => {
    const model = withFallback(named('a', [{ text: 'a' }]), [named('b', [])]);
    expect((await model.generate({ messages })).warnings).toEqual([]);
    expect([model.provider, model.modelId]).toEqual(['scripted', 'a']);
  });

  it.each<[CallFailure, Dispatch, boolean]>([
    ['rate-limit', 'refused', true],
    ['overloaded', 'refused', true],
    ['server', 'refused', true],
    ['network', 'not-sent', true],
    ['timeout', 'unknown', true],
    ['protocol', 'unknown', true],
    ['engine', 'unknown', true],
    ['auth', 'refused', true],
    ['not-found', 'refused', true],
    ['context-length', 'refused', true],
    ['bad-request', 'refused', false],
    ['content-filter', 'refused', false],
  ])('after %s, %s: another model is asked: %s', async (failure, dispatch, expected) => {
    const other = named('b', [{ text: 'b' }]);
    const error = failed(failure, dispatch);
    const call = withFallback(named('a', [{ error }]), [other]).generate({ messages });
    if (expected) expect((await call).candidates).toHaveLength(1);
    else await expect(call).rejects.toBe(error);
    expect(other.calls).toHaveLength(expected ? 1 : 0);
  });

  it('does not ask elsewhere after what the caller has to mend', async () => {
    const errors = [
      new BudgetExceededError('no money', refusal),
      new TollgateError('missing-key', 'no key'),
      new InvalidOptionError('x', 'no'),
    ];
    for (const error of errors) {
      const other = named('b', []);
      await expect(withFallback(named('a', [{ error }]), [other]).generate({ messages })).rejects.toMatchObject({
        code: error.code,
      });
      expect(other.calls).toHaveLength(0);
    }
  });

  it('lets `when` decide, to allow and to forbid', async () => {
    const broke = new BudgetExceededError('no money', refusal);
    const cheap = (): Model => named('b', [{ text: 'b' }]);
    const onBudget = { when: (error: TollgateError) => mayFallBack(error) || error.code === 'budget-exceeded' };
    const result = await withFallback(named('a', [{ error: broke }]), [cheap()], onBudget).generate({ messages });
    expect(result.warnings[0]?.message).toContain('budget-exceeded');
    const never = { when: (error: TollgateError) => mayFallBack(error) && error.dispatch !== 'unknown' };
    await expect(
      withFallback(named('a', [{ error: failed('timeout', 'unknown') }]), [cheap()], never).generate({ messages }),
    ).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('throws the last error with the charges of all when all fail', async () => {
    const guard = new RecordingGuard();
    const model = withFallback(named('a', [{ error: failed('engine', 'unknown') }]), [
      named('b', [{ error: failed('server', 'unknown') }]),
      named('c', [{ error: failed('bad-request', 'unknown') }]),
      named('d', [{ text: 'not reached' }]),
    ]);
    const error = await model
      .generate({ messages, context: rootContext({ guards: [guard] }) })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ failure: 'bad-request' });
    expect((error as ModelCallError).charges.map((charge) => charge.model.modelId)).toEqual(['a', 'b', 'c']);
  });

  it('takes over a stream before the first content, with one start', async () => {
    const model = withFallback(named('a', [{ error: failed('overloaded') }]), [named('b', [{ text: 'from b' }])]);
    const stream = model.stream({ messages });
    const types: string[] = [];
    for await (const part of stream) types.push(part.type);
    expect(types).toEqual(['start', 'commit', 'text-delta', 'text-delta', 'candidate-finish', 'finish']);
    expect((await stream.result).warnings.map(({ code }) => code)).toEqual(['fallback']);
  });

  it('never contradicts what was delivered', async () => {
    const cut = defineModel({
      provider: 'test',
      modelId: 'cut',
      capabilities: textCapabilities(),
      call: async ({ emit }) => {
        emit?.({ type: 'text-delta', sample: 0, text: 'half an ' });
        throw new StreamTruncatedError('cut', {});
      },
    });
    const other = named('b', [{ text: 'whole' }]);
    const parts: StreamPart[] = [];
    const stream = withFallback(cut, [other]).stream({ messages });
    await expect(
      (async () => {
        for await (const part of stream) parts.push(part);
      })(),
    ).rejects.toMatchObject({ code: 'stream-truncated' });
    expect(other.calls).toHaveLength(0);
    // Where nothing was shown, nothing is contradicted.
    expect((await withFallback(cut, [other]).generate({ messages })).candidates.map(textOf)).toEqual(['whole']);
  });

  it('takes over from a model that is silent for too long', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const late = { text: 'late', delayMs: 9000 };
    const slow = withTimeout(named('a', [late, late]), { firstTokenMs: 1000 });
    const model = withFallback(slow, [named('b', [{ text: 'quick' }, { text: 'quick' }])]);
    const stream = model.stream({ messages, context: rootContext({ clock: virtualClock(0, { autoAdvance: true }) }) });
    const types: string[] = [];
    for await (const part of stream) types.push(part.type);
    expect(types).toEqual(['start', 'commit', 'text-delta', 'candidate-finish', 'finish']);
    const result = await model.generate({ messages, context: rootContext({ clock }) });
    expect(result.candidates.map(textOf)).toEqual(['quick']);
    expect(result.charges).toHaveLength(2);
    expect(clock.now()).toBe(1000);
  });

  it('does not go on after an abort, and keeps what the failed ones cost in the partial result', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const controller = new AbortController();
    const model = withFallback(named('a', [{ error: failed('server', 'unknown') }]), [
      named('b', [{ text: 'late', delayMs: 1000 }]),
    ]);
    void clock.sleep(10).then(() => controller.abort());
    const error = await model
      .generate({ messages, context: rootContext({ clock }), signal: controller.signal })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError).partial?.charges).toHaveLength(2);
  });

  it('holds a hand-made model where it stands, and asks elsewhere after any error of it', async () => {
    const guard = new RecordingGuard();
    const handmade: Model = {
      specVersion: 1,
      provider: 'hand',
      modelId: 'made',
      capabilitiesFor: () => textCapabilities(),
      generate: async () => {
        throw new TypeError('undefined is not a function');
      },
      stream: () => {
        throw new TypeError('undefined is not a function');
      },
    };
    const model = withFallback(handmade, [named('b', [{ text: 'b' }])]);
    expect(doesCarryContext(model)).toBe(true);
    const { charges } = await model.generate({ messages, context: rootContext({ guards: [guard] }) });
    expect(charges.map((charge) => charge.model.modelId)).toEqual(['made', 'b']);
    expect(guard.asks).toHaveLength(2);
  });

  it('can do what all can, closes all, and needs another', async () => {
    const closed: string[] = [];
    const leaf = (modelId: string, tools: boolean): Model =>
      defineModel({
        provider: 'test',
        modelId,
        capabilities: textCapabilities({ tools, limits: { contextTokens: modelId.length * 1000 } }),
        call: async () => ({ candidates: [], usage: {} }),
        close: async () => void closed.push(modelId),
      });
    const model = withFallback(leaf('aa', true), [leaf('b', false)]);
    expect(model.capabilitiesFor()).toMatchObject({ tools: false, limits: { contextTokens: 1000 } });
    await model.close?.();
    expect(closed).toEqual(['aa', 'b']);
    expect(() => withFallback(leaf('a', true), [])).toThrow(InvalidOptionError);
  });

  it('answers with the first model that does, and charges exactly those asked until then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 6 }), async (answers) => {
        const guard = new RecordingGuard();
        const models = answers.map((isAnswering, i) =>
          named(`m${i}`, [isAnswering ? { text: `m${i}` } : { error: failed('server', 'unknown') }]),
        );
        const [first, ...others] = models;
        if (first === undefined) return;
        const context = rootContext({ guards: [guard] });
        const outcome = await withFallback(first, others)
          .generate({ messages, context })
          .catch((error: unknown) => error as ModelCallError);
        const expected = answers.indexOf(true);
        const asked = expected === -1 ? answers.length : expected + 1;
        expect(outcome.charges).toHaveLength(asked);
        expect(guard.asks).toHaveLength(asked);
        expect(guard.open.size).toBe(0);
        if (expected !== -1)
          expect(outcome).toMatchObject({ candidates: [{ producedBy: { modelId: `m${expected}` } }] });
      }),
      { numRuns: 40 },
    );
  });
});
