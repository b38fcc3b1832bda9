import { createRandom } from '@tollgate/stats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { BudgetBusyError, BudgetExceededError } from '../errors/budget-errors.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { type Dispatch, ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { leapClock } from '../leaf/__fixtures__/leap-clock.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import type { LeafCall, LeafOutcome } from '../leaf/leaf-call.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import type { Scorer, ScoreInput } from '../spec/scorer.ts';
import type { Action, StrategyCore, StrategyEvent, TaskView } from '../spec/strategy-core.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { TraceNode } from '../spec/trace.ts';
import { type ScriptStep, scriptedModel } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { coreOf, drawnIds, drawThenAccept } from './__fixtures__/core-of.ts';
import type { DecidedRun } from './strategy-memory.ts';
import { runStrategy } from './run-strategy.ts';
import { strategyOf } from './strategy-plan.ts';
import { textOf } from './whole-text.ts';

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Name a prime.' }];

function draw(
  from: number,
  count: number,
  more: Partial<Extract<Action, { type: 'draw' }>> = {},
): Extract<Action, { type: 'draw' }> {
  return { type: 'draw', from, count, ...more };
}

function named(modelId: string, steps: readonly ScriptStep[], more: Parameters<typeof scriptedModel>[1] = {}) {
  return scriptedModel(steps, { modelId, ...more });
}

function failed(dispatch: Dispatch = 'unknown'): ModelCallError {
  return new ModelCallError('the engine is down', { failure: 'server', dispatch });
}

const zero = { usd: 0, nanoUsd: '0' };
const limit = {
  scope: { kind: 'run', id: 'r' },
  dimension: 'usd' as const,
  cap: zero,
  settled: zero,
  held: zero,
  asked: zero,
};

function refusal(): BudgetExceededError {
  return new BudgetExceededError('nothing is left', limit);
}

async function thrown(work: Promise<unknown>): Promise<TollgateError> {
  try {
    await work;
  } catch (error) {
    if (TollgateError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

async function partsOf(stream: AsyncIterable<StreamPart>): Promise<readonly StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

function shown(parts: readonly StreamPart[]): readonly string[] {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : part.type));
}

function charge(attemptId: string): Charge {
  return { attemptId, model: { provider: 'test', modelId: 'judge' }, usage: {}, usageKnown: 'exact', candidateIds: [] };
}

/** The names of a trace, as deep as they are. */
function outline(node: TraceNode, depth = 0): readonly string[] {
  const line = `${'  '.repeat(depth)}${node.kind} ${node.name}${node.status === undefined ? '' : `: ${node.status}`}`;
  return [line, ...node.children.flatMap((child) => outline(child, depth + 1))];
}

/** A leaf that waits for its signal and then gives what it had. */
function endless(modelId = 'endless', nativeMax = 1): { readonly model: Model; readonly calls: LeafCall[] } {
  const calls: LeafCall[] = [];
  const model = defineModel({
    provider: 'test',
    modelId,
    capabilities: textCapabilities({ samples: { nativeMax, promptBilledOnce: true, cancelOne: false } }),
    call: async (call): Promise<LeafOutcome> => {
      calls.push(call);
      call.emit?.({ type: 'text-delta', sample: 0, text: 'Let' });
      if (call.signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          call.signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      const cut = { content: [{ type: 'text', text: 'Let' }], finish: { unified: 'aborted', by: 'aborted' } } as const;
      return {
        candidates: Array.from({ length: call.request.samples ?? 1 }, () => cut),
        usage: { inputUncached: 3, outputText: 1 },
        usageKnown: 'estimated',
      };
    },
  });
  return { model, calls };
}

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeEach(() => {
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

describe('a draw', () => {
  it('of a model is one call, however many samples', async () => {
    using source = named('small', [{ texts: ['41', '42', '43'] }]);
    const result = await runStrategy(drawThenAccept(draw(0, 3)), { sources: [source] }).generate({ messages });
    expect(source.calls.map(({ samples }) => samples)).toEqual([3]);
    expect(result.candidates.map(textOf)).toEqual(['41', '42', '43']);
    expect(result.charges).toHaveLength(1);
    expect(result.decision).toEqual({ status: 'accepted', chosen: result.candidates[2]?.id, reason: 'the last one' });
  });

  it('of a strategy is a run of it for each sample', async () => {
    using leaf = named('small', [{ text: '41' }, { text: '42' }, { text: '43' }]);
    const inner = runStrategy(drawThenAccept(draw(0, 1)), { sources: [leaf], modelId: 'inner' });
    const result = await runStrategy(drawThenAccept(draw(0, 3)), { sources: [inner] }).generate({ messages });
    expect(leaf.calls.map(({ samples }) => samples)).toEqual([1, 1, 1]);
    expect(result.candidates.map(textOf)).toEqual(['41', '42', '43']);
    expect(result.trace.children.map(({ name }) => name)).toEqual([
      'inner (draw 1)',
      'inner (draw 2)',
      'inner (draw 3)',
    ]);
  });

  it('tells the core answers, signals and ends, and not the text', async () => {
    const told: StrategyEvent[] = [];
    const source = named('small', [{ text: ' 97 ', logprobs: [{ text: '97', logprob: -0.25 }] }]);
    const core = drawThenAccept(draw(0, 1));
    const spy = {
      ...core,
      observe: (state: readonly StrategyEvent[], event: StrategyEvent) => (
        told.push(event), core.observe(state, event)
      ),
    };
    await runStrategy(spy, { sources: [source] }).generate({ messages });
    expect(told).toEqual([
      {
        type: 'drawn',
        from: 0,
        candidates: [{ id: expect.any(String), from: 0, answer: '97', signals: { meanLogprob: -0.25 }, finish: 'eos' }],
      },
    ]);
  });

  it('passes the request on, with seeds that differ from draw to draw and follow from the one of the caller', async () => {
    const seeds = async (seed: number | undefined): Promise<readonly (number | undefined)[]> => {
      const sources = [named('a', [{ texts: ['1', '2'] }, { texts: ['3', '4'] }]), named('b', [{ text: '5' }])];
      const core = drawThenAccept(draw(0, 2), draw(0, 2), draw(1, 1));
      await runStrategy(core, { sources }).generate({
        messages,
        temperature: 0.5,
        ...(seed !== undefined && { seed }),
      });
      const calls = sources.flatMap(({ calls: all }) => all);
      expect(calls.every(({ temperature }) => temperature === 0.5)).toBe(true);
      return calls.map((call) => call.seed);
    };
    const first = await seeds(7);
    expect(new Set(first).size).toBe(3);
    expect(await seeds(7)).toEqual(first);
    expect(await seeds(8)).not.toEqual(first);
    expect(await seeds(undefined)).toEqual([undefined, undefined, undefined]);
  });

  it('that comes short passes on what there is, and the warning', async () => {
    const source = named('small', [{ text: '41' }, { error: failed('refused') }]);
    const result = await runStrategy(drawThenAccept(draw(0, 2)), { sources: [source] }).generate({ messages });
    expect(result.candidates).toHaveLength(1);
    expect(result.warnings).toMatchObject([{ code: 'short' }]);
  });
});

describe('samples one by one', () => {
  it('arrive as they are ready, and the first good one stops the rest, which is charged and says so', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const source = named('small', [
      { text: 'slow', delayMs: 300 },
      { text: 'fast', delayMs: 100 },
      { text: 'never', delayMs: 900 },
    ]);
    const seen: string[] = [];
    const core = coreOf((events) => {
      const answers = events.flatMap((event) => (event.type === 'drawn' ? event.candidates : []));
      seen.splice(0, seen.length, ...answers.map(({ answer = '' }) => answer));
      const slow = answers.find(({ answer }) => answer === 'slow');
      if (slow !== undefined) return { type: 'accept', candidate: slow.id, reason: 'good' };
      return events.length === 0 ? draw(0, 3, { deliver: 'each' }) : { type: 'wait' };
    });
    const guard = new RecordingGuard();
    const context = rootContext({ clock, guards: [guard] });
    const result = await runStrategy(core, { sources: [source] }).generate({ messages, context });
    expect(seen).toEqual(['fast', 'slow']);
    expect(clock.now()).toBe(300);
    expect(result.charges).toHaveLength(3);
    expect(result.candidates.map((one) => [textOf(one), one.finish.by])).toEqual([
      ['fast', 'eos'],
      ['slow', 'eos'],
      ['', 'aborted'],
    ]);
    expect(result.decision.status).toBe('accepted');
    expect(outline(result.trace)).toEqual([
      'strategy core: accepted',
      '  draw small (draw 1)',
      '    leaf scripted/small: answered',
      '  draw small (draw 2)',
      '    leaf scripted/small: answered',
      '  draw small (draw 3): aborted',
      '    leaf scripted/small: aborted',
    ]);
    expect(guard.open.size).toBe(0);
  });

  it('keep what had arrived and was never asked for', async () => {
    const source = named('small', [{ text: 'a' }, { text: 'b' }]);
    const core = coreOf((events) => {
      const [first] = drawnIds(events);
      return first === undefined
        ? draw(0, 2, { deliver: 'each' })
        : { type: 'accept', candidate: first, reason: 'first' };
    });
    const result = await runStrategy(core, { sources: [source] }).generate({ messages });
    expect(result.candidates.map(textOf)).toEqual(['a', 'b']);
    expect(result.charges).toHaveLength(2);
  });

  it('fail one by one, too', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const source = named('small', [
      { error: failed(), delayMs: 1 },
      { error: new BudgetBusyError('later', limit, 5), delayMs: 2 },
      { text: 'a', delayMs: 3 },
    ]);
    let told: readonly StrategyEvent[] = [];
    const core = coreOf((events) => {
      told = events;
      const [first] = drawnIds(events);
      if (first !== undefined) return { type: 'accept', candidate: first, accepted: false, reason: 'first' };
      return events.length === 0 ? draw(0, 3, { deliver: 'each' }) : { type: 'wait' };
    });
    const result = await runStrategy(core, { sources: [source] }).generate({
      messages,
      context: rootContext({ clock }),
    });
    expect(told.map((event) => event.type)).toEqual(['failed', 'budget', 'drawn']);
    expect(result.decision.status).toBe('budget');
    expect(result.charges).toHaveLength(2);
  });

  it('that nobody launched cannot be waited for', async () => {
    const model = runStrategy(
      coreOf(() => ({ type: 'wait' })),
      { sources: [named('small', [])] },
    );
    expect(await thrown(model.generate({ messages }))).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('nothing is in flight'),
    });
  });
});

describe('failures and money', () => {
  function failingCore(told: StrategyEvent[]): StrategyCore<readonly StrategyEvent[]> {
    return coreOf((events) => {
      told.splice(0, told.length, ...events);
      return events.length < 2 ? draw(events.length, 1) : { type: 'stop', reason: 'both failed' };
    });
  }

  it.each<[string, Error, object]>([
    ['a failed call', failed(), { type: 'failed', from: 0, action: 'draw', code: 'call-failed' }],
    ['an exhausted budget', refusal(), { type: 'budget', from: 0, refused: 'draw' }],
    ['a busy budget', new BudgetBusyError('later', limit, 5), { type: 'budget', from: 0, refused: 'draw' }],
  ])('%s is something that the core is told of', async (_, error, event) => {
    const told: StrategyEvent[] = [];
    const sources = [named('a', [{ error }]), named('b', [{ text: '97' }])];
    const result = await runStrategy(failingCore(told), { sources }).generate({ messages });
    expect(told[0]).toEqual(event);
    expect(told[1]?.type).toBe('drawn');
    expect(result.decision.status).toBe(
      event === undefined ? '' : 'type' in event && event.type === 'budget' ? 'budget' : 'abstained',
    );
  });

  it('that leave nothing to show are thrown: the last one, with all charges', async () => {
    const last = failed();
    const sources = [named('a', [{ error: failed() }]), named('b', [{ error: last }])];
    const error = await thrown(runStrategy(failingCore([]), { sources }).generate({ messages }));
    expect(error).toBe(last);
    expect(error.charges.map(({ model }) => model.modelId)).toEqual(['a', 'b']);
  });

  it('that no core may hide are thrown at once, with all charges', async () => {
    const wrong = new InvalidOptionError('seed', 'seed is too big');
    const told: StrategyEvent[] = [];
    const sources = [named('a', [{ text: '97' }]), named('b', [{ error: wrong }])];
    const error = await thrown(runStrategy(failingCore(told), { sources }).generate({ messages }));
    expect(error).toBe(wrong);
    expect(told).toHaveLength(1);
    expect(error.charges.map(({ model }) => model.modelId)).toEqual(['a']);
  });

  it('that are not ours become the cause of one that holds the charges', async () => {
    const source = named('a', [{ text: '97' }]);
    const core = coreOf((events) => {
      if (events.length > 0) throw new TypeError('x is not a function');
      return draw(0, 1);
    });
    expect(await thrown(runStrategy(core, { sources: [source] }).generate({ messages }))).toMatchObject({
      code: 'internal',
      message: 'core failed: x is not a function',
      cause: expect.any(TypeError),
      charges: [{}],
    });
  });

  it('of one run do not lose what the others cost', async () => {
    const wrong = new InvalidOptionError('seed', 'seed is too big');
    const inner = runStrategy(drawThenAccept(draw(0, 1)), {
      sources: [named('leaf', [{ error: wrong }, { text: 'a' }, { text: 'b' }])],
    });
    const error = await thrown(runStrategy(drawThenAccept(draw(0, 3)), { sources: [inner] }).generate({ messages }));
    expect(error).toBe(wrong);
    expect(error.charges).toHaveLength(2);
  });

  it('after a decision change nothing', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const source = named('a', [
      { text: 'a', delayMs: 1 },
      { error: new InvalidOptionError('seed', 'no'), delayMs: 1 },
    ]);
    const core = coreOf((events) => {
      const [first] = drawnIds(events);
      return first === undefined
        ? draw(0, 2, { deliver: 'each' })
        : { type: 'accept', candidate: first, reason: 'first' };
    });
    const context = rootContext({ clock });
    expect((await runStrategy(core, { sources: [source] }).generate({ messages, context })).decision.status).toBe(
      'accepted',
    );
  });

  it('an answer that is not accepted ends by the budget where money ended the search', async () => {
    const core = (accepted: boolean): StrategyCore<readonly StrategyEvent[]> =>
      coreOf((events) => {
        const [first] = drawnIds(events);
        if (events.length < 2 || first === undefined) return draw(events.length, 1);
        return {
          type: 'accept',
          candidate: first,
          accepted,
          confidence: 0.4,
          signal: 'vote-share',
          reason: 'best so far',
        };
      });
    const status = async (accepted: boolean, second: ScriptStep): Promise<unknown> => {
      const sources = [named('a', [{ text: '97' }]), named('b', [second])];
      return (await runStrategy(core(accepted), { sources }).generate({ messages })).decision;
    };
    expect(await status(false, { error: refusal() })).toMatchObject({
      status: 'budget',
      confidence: 0.4,
      signal: 'vote-share',
    });
    expect(await status(false, { text: '89' })).toMatchObject({ status: 'rejected' });
    expect(await status(true, { error: refusal() })).toMatchObject({ status: 'accepted' });
  });
});

describe('scoring', () => {
  const verdicts: Scorer['score'] = async ({ candidates }) => ({
    verdicts: candidates.map(({ id }, i) => ({ candidateId: id, status: i === 0 ? 'reject' : 'accept', score: i })),
    charges: [charge('judge-1')],
  });

  const scoreThenAccept = coreOf((events) => {
    const ids = drawnIds(events);
    const last = events.at(-1);
    if (last === undefined) return draw(0, 2);
    if (last.type === 'drawn') return { type: 'score', scorer: 0, candidates: ids };
    if (last.type !== 'scored')
      return { type: 'accept', candidate: ids[0] ?? '', accepted: false, reason: 'nobody judged' };
    const good = last.verdicts.find(({ status }) => status === 'accept');
    return { type: 'accept', candidate: good?.candidateId ?? '', reason: 'judged good' };
  });

  it('hands over evidence, candidates, a context and a signal, and charges what it cost', async () => {
    let input: ScoreInput | undefined;
    const scorer: Scorer = { name: 'judge', score: async (given) => verdicts((input = given)) };
    const evidence = { tests: 'assert(true)' };
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard], scopes: { user: 'ada' } });
    const model = runStrategy(scoreThenAccept, { sources: [named('a', [{ texts: ['1', '2'] }])], scorers: [scorer] });
    const result = await model.generate({ messages, evidence, context });
    expect(input?.request).toMatchObject({ messages, evidence });
    expect(input?.request.signal?.aborted).toBe(true); // the strategy has decided: what a scorer left running would stop
    expect(input?.candidates.map(textOf)).toEqual(['1', '2']);
    expect(input?.context).toMatchObject({ guards: [guard], scopes: { user: 'ada' } });
    expect(result.charges.map(({ attemptId }) => attemptId).at(-1)).toBe('judge-1');
    expect(result.decision).toMatchObject({ status: 'accepted', chosen: result.candidates[1]?.id });
    expect(result.trace.children.at(-1)).toMatchObject({
      kind: 'score',
      name: 'judge 1',
      values: { accepted: 1, of: 2 },
    });
  });

  it.each<[string, Error, string]>([
    ['fails', failed(), 'rejected'],
    ['is out of money', refusal(), 'budget'],
  ])('that %s is something that the core is told of, and what it cost is charged', async (_, error, status) => {
    (error as TollgateError).charges = [charge('judge-1')];
    const scorer: Scorer = {
      name: 'judge',
      score: async () => {
        throw error;
      },
    };
    const model = runStrategy(scoreThenAccept, { sources: [named('a', [{ texts: ['1', '2'] }])], scorers: [scorer] });
    const result = await model.generate({ messages });
    expect(result.decision.status).toBe(status);
    expect(result.charges).toHaveLength(2);
    expect(result.trace.children.at(-1)).toMatchObject({ kind: 'score', status: 'failed' });
  });

  it('with a scorer that is broken is an error with the charges', async () => {
    const scorer: Scorer = {
      name: 'judge',
      score: async () => {
        throw new TypeError('no');
      },
    };
    const model = runStrategy(scoreThenAccept, { sources: [named('a', [{ texts: ['1', '2'] }])], scorers: [scorer] });
    expect(await thrown(model.generate({ messages }))).toMatchObject({ code: 'internal', charges: [{}] });
  });

  it('tells the core what it took, in seconds and, where it is priced, in dollars', async () => {
    const clock = virtualClock();
    const priced = { ...charge('judge-1'), cost: { usd: 0.002, nanoUsd: '2000000' } };
    const told: StrategyEvent[] = [];
    for (const charges of [[priced], [charge('judge-2')]]) {
      const scorer: Scorer = {
        name: 'judge',
        score: async (input) => {
          await clock.advance(1500);
          return { ...(await verdicts(input)), charges };
        },
      };
      const core = {
        ...scoreThenAccept,
        observe: (seen: readonly StrategyEvent[], event: StrategyEvent) => (told.push(event), [...seen, event]),
      };
      const model = runStrategy(core, { sources: [named('a', [{ texts: ['1', '2'] }])], scorers: [scorer] });
      await model.generate({ messages, context: rootContext({ clock }) });
    }
    expect(told.filter(({ type }) => type === 'scored')).toMatchObject([
      { cost: { seconds: 1.5, usd: 0.002 } },
      { cost: { seconds: 1.5 } },
    ]);
    expect(told.at(-1)).not.toHaveProperty('cost.usd');
  });

  it('with `each` goes on beside other work: what ends first is told first', async () => {
    const slow = Promise.withResolvers<undefined>();
    const order: string[] = [];
    const scorer = (name: string, wait?: Promise<undefined>): Scorer => ({
      name,
      score: async (input) => {
        order.push(`${name} began`);
        await wait;
        return { ...(await verdicts(input)), charges: [] };
      },
    });
    const core = coreOf((events) => {
      const ids = drawnIds(events);
      const scored = events.filter((event) => event.type === 'scored');
      if (events.length === 0) return draw(0, 2);
      if (events.length === 1) return { type: 'score', scorer: 0, candidates: ids, deliver: 'each' };
      order.push(`told of ${scored.at(-1)?.scorer}`);
      if (scored.length === 1) slow.resolve(undefined);
      return scored.length === 2 ? { type: 'accept', candidate: ids[0] ?? '', reason: 'both' } : { type: 'wait' };
    });
    // One action for each event: a core that wants two scorers at once launches the second when it is told of candidates again.
    const both: StrategyCore<readonly StrategyEvent[]> = coreOf((events) => {
      if (events.length === 0) return { ...draw(0, 2), deliver: 'each' };
      const ids = drawnIds(events);
      const last = events.at(-1);
      if (last?.type === 'drawn')
        return { type: 'score', scorer: ids.length - 1, candidates: ids.slice(-1), deliver: 'each' };
      return core.next([{ type: 'drawn', from: 0, candidates: [] }, ...events]);
    });
    const source = named('a', [{ text: '1' }, { text: '2' }]);
    const model = runStrategy(both, { sources: [source], scorers: [scorer('slow', slow.promise), scorer('quick')] });
    const result = await model.generate({ messages });
    expect(order).toEqual(['slow began', 'quick began', 'told of 1', 'told of 0']);
    expect(result.decision).toMatchObject({ status: 'accepted', reason: 'both' });
  });

  it('that is still going on when the core decides is stopped, waited for and charged', async () => {
    let stopped = false;
    const scorer: Scorer = {
      name: 'judge',
      score: async ({ request }) => {
        await new Promise((resolve) => request.signal?.addEventListener('abort', resolve));
        stopped = true;
        throw Object.assign(new AbortedError('stopped'), { charges: [charge('judge-1')] });
      },
    };
    const core = coreOf((events) => {
      const ids = drawnIds(events);
      if (events.length === 0) return { ...draw(0, 2), deliver: 'each' };
      if (events.length === 1) return { type: 'score', scorer: 0, candidates: ids, deliver: 'each' };
      return { type: 'accept', candidate: ids[1] ?? '', reason: 'enough' };
    });
    const source = named('a', [{ text: '1' }, { text: '2' }]);
    const result = await runStrategy(core, { sources: [source], scorers: [scorer] }).generate({ messages });
    expect(stopped).toBe(true);
    expect(result.charges.map(({ attemptId }) => attemptId)).toContain('judge-1');
  });
});

describe('what is launched for later', () => {
  it('lets two sources and a scorer work at once, in whatever order they end', async () => {
    const first = Promise.withResolvers<undefined>();
    const slow = named('slow', [{ text: 's' }]);
    const waiting: Model = {
      ...slow,
      provider: slow.provider,
      modelId: 'slow',
      capabilitiesFor: (r) => slow.capabilitiesFor(r),
      generate: async (r) => (await first.promise, slow.generate(r)),
      stream: (r) => slow.stream(r),
    };
    const told: string[] = [];
    const core = coreOf((events) => {
      const last = events.at(-1);
      const ids = drawnIds(events);
      if (last !== undefined) told.push(last.type === 'launched' ? `launched ${last.action} ${last.from}` : last.type);
      if (events.length === 0) return draw(0, 1, { deliver: 'later' });
      if (events.length === 1) return draw(1, 1, { deliver: 'later' });
      if (last?.type === 'drawn' && ids.length === 1)
        return { type: 'score', scorer: 0, candidates: ids, deliver: 'later' };
      if (last?.type === 'scored') first.resolve(undefined);
      return ids.length === 2 ? { type: 'accept', candidate: ids[1] ?? '', reason: 'both' } : { type: 'wait' };
    });
    const scorer: Scorer = {
      name: 'judge',
      score: async ({ candidates }) => ({
        verdicts: candidates.map(({ id }) => ({ candidateId: id, status: 'accept' })),
        charges: [],
      }),
    };
    const model = runStrategy(core, { sources: [waiting, named('quick', [{ text: 'q' }])], scorers: [scorer] });
    const result = await model.generate({ messages });
    expect(told).toEqual(['launched draw 0', 'launched draw 1', 'drawn', 'launched score 0', 'scored', 'drawn']);
    expect(result.candidates.map(textOf)).toEqual(['q', 's']);
  });
});

describe('memory', () => {
  it('is recalled at the start of a run and told of its end, and of nothing else', async () => {
    const learnedOf: unknown[] = [];
    const runs: DecidedRun<readonly StrategyEvent[]>[] = [];
    const core = coreOf((events) => drawThenAccept(draw(0, 1)).next(events), {
      start: ({ learned }) => (learnedOf.push(learned), []),
    });
    const source = named('a', [{ text: '1' }, { error: new TypeError('broken') }, { text: '2' }]);
    const model = runStrategy(core, {
      sources: [source],
      memory: {
        recall: () => (runs.length === 0 ? undefined : { runs: runs.length }),
        learn: (run) => void runs.push(run),
      },
    });
    const result = await model.generate({ messages });
    await thrown(model.generate({ messages }));
    await model.generate({ messages });
    expect(learnedOf).toEqual([undefined, { runs: 1 }, { runs: 1 }]);
    expect(runs).toHaveLength(2);
    expect(runs[0]).toMatchObject({ request: { messages }, result: { decision: result.decision } });
    expect(drawnIds(runs[0]?.state ?? [])).toEqual([result.decision.chosen]);
  });
});

describe('steps', () => {
  function stepwise(
    bases: readonly (number | undefined)[],
    stop: readonly string[] = ['\n\n'],
  ): StrategyCore<readonly StrategyEvent[]> {
    return coreOf((events) => {
      const ids = drawnIds(events);
      if (events.length >= bases.length) return { type: 'accept', candidate: ids.at(-1) ?? '', reason: 'done' };
      const base = bases[events.length];
      return {
        type: 'extend',
        from: 0,
        count: 1,
        stop,
        maxTokens: 20,
        ...(base !== undefined && { base: ids[base] ?? '' }),
      };
    });
  }

  const boundary = { unified: 'stop', by: 'stop', stopString: '\n\n' } as const;

  it('build the text up, each written after what is there', async () => {
    const source = named('a', [
      { text: 'One.', finish: boundary },
      { text: 'Two.', finish: boundary },
      { text: 'Three.' },
    ]);
    let told: readonly StrategyEvent[] = [];
    const core = stepwise([undefined, 0, 1]);
    const spy = {
      ...core,
      observe: (state: readonly StrategyEvent[], event: StrategyEvent) => (told = core.observe(state, event)),
    };
    const result = await runStrategy(spy, { sources: [source] }).generate({ messages, stop: ['END'], seed: 1 });
    expect(textOf(result.candidates.at(-1)!)).toBe('One.\n\nTwo.\n\nThree.');
    expect(source.calls.map((call) => call.messages.slice(1))).toEqual([
      [],
      [{ role: 'assistant', content: 'One.\n\n' }],
      [{ role: 'assistant', content: 'One.\n\nTwo.\n\n' }],
    ]);
    expect(source.calls.map(({ stop, maxOutputTokens }) => [stop, maxOutputTokens])).toEqual(
      Array.from({ length: 3 }, () => [['END', '\n\n'], 20]),
    );
    expect(new Set(source.calls.map(({ seed }) => seed)).size).toBe(3);
    const views = told.flatMap((event) => (event.type === 'extended' ? event.candidates : []));
    expect(views.map(({ steps, finish, answer }) => [steps, finish, answer])).toEqual([
      [1, 'stop', 'One.'],
      [2, 'stop', 'One. Two.'],
      [3, 'eos', 'One. Two. Three.'],
    ]);
    expect(result.charges).toHaveLength(3);
  });

  it('are held to no schema one by one', async () => {
    const source = named('a', [{ text: '{"a":', finish: boundary }, { text: '1}' }]);
    const output = { json: { type: 'object' } } as const;
    const result = await runStrategy(stepwise([undefined, 0]), { sources: [source] }).generate({ messages, output });
    expect(result.candidates.map(textOf)).toEqual(['{"a":\n\n', '{"a":\n\n1}']);
    for (const candidate of result.candidates) {
      expect(candidate).not.toHaveProperty('schemaIssue');
      expect(candidate).not.toHaveProperty('object');
    }
  });

  it('branch from the same partial answer', async () => {
    const source = named('a', [{ text: 'One.', finish: boundary }, { text: 'Two.' }, { text: 'Other.' }]);
    const result = await runStrategy(stepwise([undefined, 0, 0]), { sources: [source] }).generate({ messages });
    expect(result.candidates.map(textOf)).toEqual(['One.\n\n', 'One.\n\nTwo.', 'One.\n\nOther.']);
  });

  it("end where the caller's own stop string was met", async () => {
    let told: StrategyEvent | undefined;
    const core = stepwise([undefined]);
    const spy = {
      ...core,
      observe: (state: readonly StrategyEvent[], event: StrategyEvent) => core.observe(state, (told = event)),
    };
    const source = named('a', [{ text: 'One.', finish: { unified: 'stop', by: 'stop', stopString: 'END' } }]);
    const result = await runStrategy(spy, { sources: [source] }).generate({ messages, stop: ['END'] });
    expect(told).toMatchObject({ type: 'extended', candidates: [{ finish: 'eos', answer: 'One.' }] });
    expect(result.candidates[0]).toMatchObject({
      content: [{ text: 'One.' }],
      finish: { by: 'stop', stopString: 'END' },
    });
  });

  it.each<[string, Error, object]>([
    ['fail', failed(), { type: 'failed', from: 0, action: 'extend', code: 'call-failed' }],
    ['run out of money', refusal(), { type: 'budget', from: 0, refused: 'extend' }],
  ])('that %s are something that the core is told of', async (_, error, event) => {
    const told: StrategyEvent[] = [];
    const core = coreOf((events) => {
      told.splice(0, told.length, ...events);
      return events.length === 0
        ? { type: 'extend', from: 0, count: 1, stop: [], maxTokens: 5 }
        : { type: 'abstain', reason: 'no step' };
    });
    await runStrategy(core, { sources: [named('a', [{ error }])] }).generate({ messages });
    expect(told).toEqual([event]);
  });
});

describe('nesting', () => {
  const inner = (steps: readonly ScriptStep[], accept: Partial<Extract<Action, { type: 'accept' }>> = {}): Model => {
    const core = coreOf((events) => {
      const ids = drawnIds(events);
      if (events.length === 0) return draw(0, 2);
      return { type: 'accept', candidate: ids[0] ?? '', confidence: 0.9, reason: 'the first of two', ...accept };
    });
    return runStrategy(core, { sources: [named('leaf', steps)], modelId: 'inner' });
  };

  it('lets only the chosen candidate count, with what was decided about it', async () => {
    let told: StrategyEvent | undefined;
    const core = drawThenAccept(draw(0, 1));
    const spy = {
      ...core,
      observe: (state: readonly StrategyEvent[], event: StrategyEvent) => core.observe(state, (told = event)),
    };
    const result = await runStrategy(spy, { sources: [inner([{ texts: ['41', '42'] }])] }).generate({ messages });
    expect(told).toMatchObject({
      type: 'drawn',
      candidates: [{ answer: '41', decision: { status: 'accepted', confidence: 0.9 } }],
    });
    expect(result.candidates.map(textOf)).toEqual(['41']);
    expect(result.candidates[0]?.decision).toMatchObject({ status: 'accepted', reason: 'the first of two' });
    expect(result.charges).toHaveLength(1);
    expect(outline(result.trace)).toEqual([
      'strategy core: accepted',
      '  draw inner (draw 1)',
      '    strategy inner: accepted',
      '      draw leaf (draw 1)',
      '        leaf scripted/leaf: answered',
    ]);
  });

  it('says nothing came where the strategy abstained', async () => {
    let told: StrategyEvent | undefined;
    const abstaining = runStrategy(
      coreOf((events) =>
        events.length === 0 ? draw(0, 1) : { type: 'abstain', confidence: 0, signal: 'vote-share', reason: 'unsure' },
      ),
      { sources: [named('leaf', [{ text: '41' }])] },
    );
    const core = drawThenAccept(draw(0, 1));
    const spy = {
      ...core,
      observe: (state: readonly StrategyEvent[], event: StrategyEvent) => core.observe(state, (told = event)),
    };
    const result = await runStrategy(spy, { sources: [abstaining] }).generate({ messages });
    expect(told).toEqual({ type: 'drawn', from: 0, candidates: [] });
    expect(result).toMatchObject({
      candidates: [],
      charges: [{}],
      decision: { status: 'abstained', reason: 'nothing came' },
    });
  });

  it('stops the outer strategy, too, where money ended the inner one', async () => {
    const told: StrategyEvent[] = [];
    const poor = runStrategy(
      coreOf((events) => {
        const [first] = drawnIds(events);
        if (events.length < 2) return draw(events.length, 1);
        return { type: 'accept', candidate: first ?? '', accepted: false, reason: 'best so far' };
      }),
      { sources: [named('a', [{ text: '97' }]), named('b', [{ error: refusal() }])] },
    );
    const outer = coreOf((events) => {
      told.splice(0, told.length, ...events);
      const [first] = drawnIds(events);
      if (events.length === 0) return draw(0, 1);
      return { type: 'accept', candidate: first ?? '', accepted: false, reason: 'money ran out' };
    });
    const result = await runStrategy(outer, { sources: [poor] }).generate({ messages });
    expect(told.map((event) => event.type)).toEqual(['drawn', 'budget']);
    expect(result.decision.status).toBe('budget');
  });

  it('is told of a budget that left the inner strategy nothing', async () => {
    const told: StrategyEvent[] = [];
    const poor = runStrategy(drawThenAccept(draw(0, 1)), { sources: [named('a', [{ error: refusal() }])] });
    const core = coreOf((events) => {
      told.splice(0, told.length, ...events);
      return events.length === 0 ? draw(0, 1) : { type: 'stop', reason: 'no money' };
    });
    const error = await thrown(runStrategy(core, { sources: [poor] }).generate({ messages }));
    expect(told).toEqual([{ type: 'budget', from: 0, refused: 'draw' }]);
    expect(error.code).toBe('budget-exceeded');
  });
});

describe('a stream of a strategy', () => {
  it('pings while it is undecided, and shows the answer whole once it is', async () => {
    const source = named('a', [{ texts: ['one two', 'three four'] }]);
    const parts = await partsOf(runStrategy(drawThenAccept(draw(0, 2)), { sources: [source] }).stream({ messages }));
    expect(shown(parts)).toEqual(['start', 'ping', 'commit', 'three four', 'candidate-finish', 'finish']);
    const last = parts.at(-1);
    const chosen = last?.type === 'finish' ? last.result.decision.chosen : '';
    expect(parts.flatMap((part) => ('candidateId' in part ? [part.candidateId] : []))).toEqual([
      chosen,
      chosen,
      chosen,
    ]);
  });

  it('passes the only candidate through as it is written, once', async () => {
    const clock = virtualClock();
    const source = defineModel({
      provider: 'test',
      modelId: 'slow',
      capabilities: textCapabilities(),
      call: async ({ emit, context }) => {
        for (const text of ['one ', 'two']) {
          emit?.({ type: 'text-delta', sample: 0, text });
          await context.clock.sleep(10);
        }
        return {
          candidates: [{ content: [{ type: 'text', text: 'one two' }], finish: { unified: 'stop', by: 'eos' } }],
          usage: {},
        };
      },
    });
    const stream = runStrategy(drawThenAccept(draw(0, 1, { commit: true })), { sources: [source] }).stream({
      messages,
      context: rootContext({ clock }),
    });
    const parts: string[] = [];
    const loop = (async () => {
      for await (const part of stream) parts.push(part.type === 'text-delta' ? part.text : part.type);
    })();
    await clock.advance(5);
    expect(parts).toEqual(['start', 'ping', 'commit', 'one ']);
    await clock.advance(20);
    await loop;
    expect(parts).toEqual(['start', 'ping', 'commit', 'one ', 'two', 'candidate-finish', 'finish']);
  });

  it('passes through an inner strategy, whose pings it keeps', async () => {
    const inner = runStrategy(drawThenAccept(draw(0, 2)), { sources: [named('a', [{ texts: ['1', '2'] }])] });
    const parts = await partsOf(
      runStrategy(drawThenAccept(draw(0, 1, { commit: true })), { sources: [inner] }).stream({ messages }),
    );
    expect(shown(parts)).toEqual(['start', 'ping', 'ping', 'commit', '2', 'candidate-finish', 'finish']);
  });

  it('shows an empty answer once, too', async () => {
    const source = named('a', [{ content: [] }]);
    const parts = await partsOf(
      runStrategy(drawThenAccept(draw(0, 1, { commit: true })), { sources: [source] }).stream({ messages }),
    );
    expect(shown(parts)).toEqual(['start', 'ping', 'commit', 'candidate-finish', 'finish']);
  });

  it('falls back where the one to be shown fails before its first word', async () => {
    const core = coreOf((events) => {
      const ids = drawnIds(events);
      if (events.length < 2) return draw(events.length, 1, { commit: events.length === 1 });
      return { type: 'accept', candidate: ids[0] ?? '', accepted: false, reason: 'the big one failed' };
    });
    const sources = [named('a', [{ text: 'small' }]), named('b', [{ error: failed('refused') }])];
    const parts = await partsOf(runStrategy(core, { sources }).stream({ messages }));
    expect(shown(parts)).toEqual(['start', 'ping', 'ping', 'commit', 'small', 'candidate-finish', 'finish']);
  });

  it('fails where what is shown fails, with all charges: nobody else may answer after it', async () => {
    const broken = defineModel({
      provider: 'test',
      modelId: 'broken',
      capabilities: textCapabilities(),
      call: async ({ emit }) => {
        emit?.({ type: 'text-delta', sample: 0, text: 'one ' });
        throw failed();
      },
    });
    const core = drawThenAccept(draw(0, 1), draw(1, 1, { commit: true }), draw(0, 1));
    const source = named('a', [{ text: 'small' }]);
    const stream = runStrategy(core, { sources: [source, broken] }).stream({ messages });
    await expect(partsOf(stream)).rejects.toThrow('the engine is down');
    const error = await thrown(stream.result);
    expect(error.charges.map(({ model }) => model.modelId)).toEqual(['a', 'broken']);
  });

  it('that is left stops what runs and gives the partial result', async () => {
    const { model, calls } = endless();
    const stream = runStrategy(drawThenAccept(draw(0, 1), draw(1, 1)), {
      sources: [named('a', [{ text: 'small' }]), model],
    }).stream({ messages });
    let pings = 0;
    for await (const part of stream) if (part.type === 'ping' && (pings += 1) === 2) break;
    const result = await stream.result;
    expect(calls[0]?.signal?.aborted).toBe(true);
    expect(result.charges.map(({ usageKnown }) => usageKnown)).toEqual(['exact', 'estimated']);
    expect(result.candidates.map((one) => [textOf(one), one.finish.by])).toEqual([
      ['small', 'eos'],
      ['Let', 'aborted'],
    ]);
  });

  it('sends nothing before somebody listens', async () => {
    const source = named('a', [{ text: 'a' }]);
    const stream = runStrategy(drawThenAccept(draw(0, 1)), { sources: [source] }).stream({ messages });
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.calls).toHaveLength(0);
    expect((await stream.result).candidates).toHaveLength(1);
  });
});

describe('an abort', () => {
  function abortable() {
    const controller = new AbortController();
    const guard = new RecordingGuard();
    return {
      controller,
      guard,
      request: { messages, signal: controller.signal, context: rootContext({ guards: [guard] }) },
    };
  }

  it('before the first draw asks nobody', async () => {
    const source = named('a', []);
    const model = runStrategy(drawThenAccept(draw(0, 1)), { sources: [source] });
    expect(await thrown(model.generate({ messages, signal: AbortSignal.abort() }))).toMatchObject({
      code: 'aborted',
      charges: [],
      partial: {
        candidates: [],
        decision: { status: 'rejected', reason: 'aborted before the strategy decided' },
        trace: { status: 'aborted' },
      },
    });
  });

  it.each<[string, Partial<Extract<Action, { type: 'draw' }>>, number]>([
    ['together', { deliver: 'together' }, 2],
    ['one by one', { deliver: 'each' }, 1],
  ])('while samples are drawn %s gives what there was, all charges, and the cut samples', async (_, how, nativeMax) => {
    const { controller, guard, request } = abortable();
    const { model, calls } = endless('endless', nativeMax);
    const strategy = runStrategy(drawThenAccept(draw(0, 1), draw(1, 2, how)), {
      sources: [named('a', [{ text: 'small' }]), model],
    });
    const work = strategy.generate(request);
    while (calls.length < 2 / nativeMax) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    const error = (await thrown(work)) as AbortedError;
    expect(error).toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    expect(error.partial?.candidates.map((one) => [textOf(one), one.finish.by])).toEqual([
      ['small', 'eos'],
      ['Let', 'aborted'],
      ['Let', 'aborted'],
    ]);
    expect(error.partial?.decision.chosen).toBe(error.partial?.candidates[0]?.id);
    expect(error.charges).toHaveLength(1 + 2 / nativeMax);
    expect(error.partial?.charges).toEqual(error.charges);
    expect(error.partial?.trace.status).toBe('aborted');
    expect(guard.open.size).toBe(0);
  });

  it('of several runs of an inner strategy loses the charges of none', async () => {
    const { controller, guard, request } = abortable();
    const { model, calls } = endless();
    const inner = runStrategy(drawThenAccept(draw(0, 1), draw(1, 1)), {
      sources: [named('a', [{ text: 's' }, { text: 's' }, { text: 's' }]), model],
    });
    const work = runStrategy(drawThenAccept(draw(0, 3)), { sources: [inner] }).generate(request);
    while (calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    const error = (await thrown(work)) as AbortedError;
    expect(error.charges).toHaveLength(6);
    expect(error.partial?.candidates).toHaveLength(6);
    expect(guard.open.size).toBe(0);
  });

  it('while a scorer works is an abort, and the scorer is told', async () => {
    const { controller, request } = abortable();
    let signal: AbortSignal | undefined;
    const scorer: Scorer = {
      name: 'judge',
      score: async (input) => {
        signal = input.request.signal;
        controller.abort();
        const error = new AbortedError('aborted');
        error.charges = [charge('judge-1')];
        throw error;
      },
    };
    const core = coreOf((events) =>
      events.length === 0 ? draw(0, 1) : { type: 'score', scorer: 0, candidates: drawnIds(events) },
    );
    const error = await thrown(
      runStrategy(core, { sources: [named('a', [{ text: 's' }])], scorers: [scorer] }).generate(request),
    );
    expect(error).toMatchObject({
      code: 'aborted',
      charges: [{}, { attemptId: 'judge-1' }],
      partial: { candidates: [{}] },
    });
    expect(signal?.aborted).toBe(true);
  });

  it('in the middle of what is shown fails in the loop and in the result, with the charge', async () => {
    const { controller, request } = abortable();
    const { model } = endless();
    const stream = runStrategy(drawThenAccept(draw(0, 1, { commit: true })), { sources: [model] }).stream(request);
    const loop = (async () => {
      for await (const part of stream) if (part.type === 'text-delta') controller.abort();
    })();
    await expect(loop).rejects.toThrow(AbortedError);
    expect(await thrown(stream.result)).toMatchObject({
      charges: [{ usageKnown: 'estimated' }],
      partial: { candidates: [{ finish: { by: 'aborted' } }] },
    });
  });

  it('at any of 300 random points leaves no hold and no timer', async () => {
    const random = createRandom('strategy aborts');
    const clock = leapClock();
    const guards: RecordingGuard[] = [];
    const outcomes = Array.from({ length: 300 }, async () => {
      const controller = new AbortController();
      const guard = new RecordingGuard();
      guards.push(guard);
      const steps = Array.from({ length: 12 }, (): ScriptStep => {
        const delayMs = 5 * random.int(6);
        return random.int(5) === 0 ? { error: failed(), delayMs } : { text: 'a', delayMs };
      });
      const deliver = random.int(2) === 0 ? 'each' : 'together';
      const inner = runStrategy(drawThenAccept(draw(0, 2), draw(0, 1)), { sources: [named('leaf', steps)] });
      const outer = runStrategy(drawThenAccept(draw(0, 3, { deliver })), { sources: [inner] });
      const request = {
        messages,
        context: rootContext({ clock, guards: [guard] }),
        signal: controller.signal,
      };
      const work = random.int(2) === 0 ? outer.generate(request) : outer.stream(request).result;
      const abort = clock.sleep(5 * random.int(18)).then(() => controller.abort());
      const [outcome] = await Promise.allSettled([work, abort]);
      const charges =
        outcome.status === 'fulfilled' ? outcome.value.charges : (outcome.reason as TollgateError).charges;
      expect(charges).toHaveLength(guard.settlements.length);
      return outcome.status === 'fulfilled' ? 'answered' : (outcome.reason as TollgateError).code;
    });
    await clock.runDry();
    const counts = Object.groupBy(await Promise.all(outcomes), (outcome) => outcome);
    expect(counts['aborted']?.length).toBeGreaterThan(50);
    expect(counts['answered']?.length).toBeGreaterThan(50);
    expect(guards.filter(({ open }) => open.size > 0)).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  });
});

describe('several samples of a strategy', () => {
  it('are independent runs, with the answer of each', async () => {
    const source = named('a', [{ text: '1' }, { text: '2' }, { text: '3' }]);
    const model = runStrategy(drawThenAccept(draw(0, 1)), { sources: [source], modelId: 'frugal' });
    const result = await model.generate({ messages, samples: 3, seed: 5 });
    expect(result.candidates.map(textOf)).toEqual(['1', '2', '3']);
    expect(result.candidates.map(({ decision }) => decision?.status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(result.decision).toEqual({
      status: 'unverified',
      chosen: result.candidates[0]?.id,
      reason: '3 independent runs',
    });
    expect(result.charges).toHaveLength(3);
    expect(new Set(source.calls.map(({ seed }) => seed)).size).toBe(3);
    expect(outline(result.trace).filter((line) => line.includes('frugal'))).toEqual([
      'strategy frugal x3: answered',
      '  strategy frugal 1: accepted',
      '  strategy frugal 2: accepted',
      '  strategy frugal 3: accepted',
    ]);
  });

  it('have seeds that follow from the one of the caller and their index, however they are asked for', async () => {
    const seeds = async (request: Partial<GenerateRequest>): Promise<readonly (number | undefined)[]> => {
      const source = named('a', [{ text: '1' }, { text: '2' }, { text: '3' }]);
      await runStrategy(drawThenAccept(draw(0, 1)), { sources: [source] }).generate({ messages, ...request });
      expect(source.calls.every((call) => call.firstSample === undefined)).toBe(true);
      return source.calls.map(({ seed }) => seed);
    };
    const all = await seeds({ samples: 3, seed: 5 });
    expect(new Set(all).size).toBe(3);
    expect([await seeds({ seed: 5 }), await seeds({ samples: 2, firstSample: 1, seed: 5 })].flat()).toEqual(all);
    expect(await seeds({ samples: 3 })).toEqual([undefined, undefined, undefined]);
  });

  it('are short where one run failed, which is charged', async () => {
    const model = runStrategy(drawThenAccept(draw(0, 1)), {
      sources: [named('a', [{ text: '1' }, { error: failed() }])],
    });
    const result = await model.generate({ messages, samples: 2 });
    expect(result.candidates).toHaveLength(1);
    expect(result.charges).toHaveLength(2);
    expect(result.warnings).toMatchObject([{ code: 'short', message: '1 of 2 samples: the engine is down' }]);
  });

  it('are an error with all charges where none came, or one met what the caller has to mend', async () => {
    const model = (steps: readonly ScriptStep[]): Model =>
      runStrategy(drawThenAccept(draw(0, 1)), { sources: [named('a', steps)] });
    const none = model([{ error: failed() }, { error: failed() }]).generate({ messages, samples: 2 });
    expect(await thrown(none)).toMatchObject({ code: 'call-failed', charges: [{}, {}] });
    const wrong = model([{ text: '1' }, { error: new InvalidOptionError('seed', 'no') }]).generate({
      messages,
      samples: 2,
    });
    expect(await thrown(wrong)).toMatchObject({ code: 'invalid-option', charges: [{}] });
  });

  it('end together when the caller aborts', async () => {
    const controller = new AbortController();
    const { model, calls } = endless();
    const work = runStrategy(drawThenAccept(draw(0, 1)), { sources: [model] }).generate({
      messages,
      samples: 3,
      signal: controller.signal,
    });
    while (calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await thrown(work)).toMatchObject({
      code: 'aborted',
      charges: [{}, {}, {}],
      partial: { candidates: [{}, {}, {}] },
    });
  });

  it('are shown whole in a stream', async () => {
    const source = named('a', [{ text: '1' }, { text: '2' }]);
    const parts = await partsOf(
      runStrategy(drawThenAccept(draw(0, 1)), { sources: [source] }).stream({ messages, samples: 2 }),
    );
    expect(shown(parts)).toEqual([
      'start',
      'ping',
      'commit',
      '1',
      'candidate-finish',
      'commit',
      '2',
      'candidate-finish',
      'finish',
    ]);
  });
});

describe('a strategy as a model', () => {
  it('needs a source', () => {
    expect(() => runStrategy(drawThenAccept(), { sources: [] })).toThrow(InvalidOptionError);
  });

  it('has a name, combined capabilities and a plan', () => {
    const source = named('a', [], { capabilities: { tools: true } });
    const core = drawThenAccept();
    const model = runStrategy(core, { sources: [source] });
    expect(model).toMatchObject({ specVersion: 1, provider: 'router', modelId: 'core' });
    expect(model.capabilitiesFor()).toMatchObject({ tools: true, samples: { nativeMax: 1 } });
    expect(strategyOf(model)).toMatchObject({ core, sources: [source], scorers: [], answer: { name: 'whole-text' } });
    expect(strategyOf(source)).toBeUndefined();
  });

  it('refuses what cannot be meant', async () => {
    const model = runStrategy(drawThenAccept(draw(0, 1)), { sources: [named('a', [])] });
    await expect(model.generate({ messages, samples: 0 })).rejects.toThrow(InvalidOptionError);
  });

  it('tells the core what may be known before anything is asked', async () => {
    let view: TaskView | undefined;
    const core = coreOf(() => ({ type: 'abstain', reason: 'no' }), { start: (given) => ((view = given), []) });
    const scorer: Scorer = { name: 'judge', score: async () => ({ verdicts: [], charges: [] }) };
    const conversation = [
      { role: 'system', content: 'Hi' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'abc' },
          { type: 'file', mediaType: 'image/png', data: { base64: 'AAAA' } },
        ],
      },
    ] as const;
    await runStrategy(core, { sources: [named('a', [{ texts: ['1', '2'] }])], scorers: [scorer] }).generate({
      messages: conversation,
    });
    expect(view).toEqual({
      sources: [
        {
          name: 'a',
          model: { provider: 'scripted', modelId: 'a' },
          samples: { nativeMax: 2, promptBilledOnce: true, cancelOne: false },
          logprobs: 'none',
          continuation: 'none',
        },
      ],
      scorers: ['judge'],
      promptCharacters: 5,
    });
  });

  it('writes its rule, its parameters, its decision and what was not asked into the trace', async () => {
    const core = coreOf(
      (events) =>
        events.length === 0
          ? draw(0, 1)
          : {
              type: 'accept',
              candidate: drawnIds(events)[0] ?? '',
              confidence: 0.75,
              reason: 'sure enough',
              notAsked: [1],
            },
      { parameters: { accept: 0.7 } },
    );
    const result = await runStrategy(core, { sources: [named('a', [{ text: '1' }]), named('big', [])] }).generate({
      messages,
    });
    expect(result.trace).toMatchObject({
      kind: 'strategy',
      name: 'core',
      status: 'accepted',
      rule: 'sure enough',
      values: { accept: 0.7, confidence: 0.75 },
      notAsked: [{ name: 'big', reason: 'sure enough' }],
      children: [{ kind: 'draw', name: 'a (draw 1)', values: { samples: 1 } }],
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('abstains in words', async () => {
    const core = coreOf(() => ({ type: 'abstain', confidence: 0.1, signal: 'vote-share', reason: 'nobody agrees' }));
    const result: GenerateResult = await runStrategy(core, { sources: [named('a', [])] }).generate({ messages });
    expect(result.decision).toEqual({
      status: 'abstained',
      confidence: 0.1,
      signal: 'vote-share',
      reason: 'nobody agrees',
    });
  });

  it.each<[string, Action, string]>([
    ['never decides', { type: 'score', scorer: 0, candidates: [] }, 'did not decide within 100000 actions'],
    [
      'accepts what was never drawn',
      { type: 'accept', candidate: 'ghost', reason: 'r' },
      '"ghost", which was never drawn',
    ],
    ['asks a source that is not there', draw(7, 1), 'source 7; there are 1'],
    ['asks a scorer that is not there', { type: 'score', scorer: 3, candidates: [] }, 'scorer 3; there are 1'],
  ])('is broken where its core %s', async (_, action, message) => {
    const scorer: Scorer = { name: 'judge', score: async () => ({ verdicts: [], charges: [] }) };
    const core: StrategyCore<null> = { name: 'core', start: () => null, observe: () => null, next: () => action };
    const model = runStrategy(core, { sources: [named('a', [])], scorers: [scorer] });
    expect(await thrown(model.generate({ messages }))).toMatchObject({
      code: 'internal',
      message: expect.stringContaining(message),
    });
  });
});
