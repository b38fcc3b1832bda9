import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { Model } from '../spec/model.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { Limiter } from './limiter.ts';
import { withConcurrency } from './with-concurrency.ts';

const messages = [{ role: 'user', content: 'Why?' }] as const;

/** Answers after a while, and counts how many of its calls run at once. */
function counting(
  ms: number | ((call: number) => number),
): Model & { readonly most: () => number; readonly sent: string[] } {
  let running = 0;
  let most = 0;
  const sent: string[] = [];
  const model = defineModel({
    provider: 'test',
    modelId: 'counting',
    capabilities: textCapabilities(),
    call: async ({ context, signal, request }) => {
      running += 1;
      most = Math.max(most, running);
      sent.push(JSON.stringify(request.messages[0]?.content));
      await context.clock.sleep(typeof ms === 'number' ? ms : ms(sent.length), signal).catch(() => undefined);
      running -= 1;
      return {
        candidates: [{ content: [{ type: 'text', text: 'a' }], finish: { unified: 'stop', by: 'eos' } }],
        usage: { inputUncached: 1, outputText: 1, engineSeconds: 0.25 },
      };
    },
  });
  return Object.assign(model, { most: () => most, sent });
}

const question = (content: string) => ({ messages: [{ role: 'user', content } as const] });
const clockOf = () => virtualClock(0, { autoAdvance: true });

/** Asks its source several times at once. */
function several(source: Model, count: number): Model {
  return runStrategy<{ readonly id?: string; readonly asked: boolean }>(
    {
      name: 'several',
      start: () => ({ asked: false }),
      observe: (state, event) =>
        event.type === 'drawn' && event.candidates[0] !== undefined
          ? { asked: true, id: event.candidates[0].id }
          : state,
      next: ({ id }) =>
        id === undefined ? { type: 'draw', from: 0, count } : { type: 'accept', candidate: id, reason: 'first' },
    },
    { sources: [source] },
  );
}

describe('withConcurrency', () => {
  it('runs as many at once as it may, in the order of asking', async () => {
    const inner = counting(100);
    const model = withConcurrency(inner, { max: 2 });
    const context = rootContext({ clock: clockOf() });
    await Promise.all(['1', '2', '3', '4', '5'].map((content) => model.generate({ ...question(content), context })));
    expect(inner.most()).toBe(2);
    expect(inner.sent).toEqual(['"1"', '"2"', '"3"', '"4"', '"5"']);
    expect(context.clock.now()).toBe(300);
  });

  it('shares a limiter among models', async () => {
    const limiter = new Limiter(1);
    const context = rootContext({ clock: clockOf() });
    const models = [counting(10), counting(10)].map((model) => withConcurrency(model, { limiter }));
    await Promise.all(models.map((model) => model.generate({ messages, context })));
    expect(context.clock.now()).toBe(20);
    expect([limiter.running, limiter.waiting]).toEqual([0, 0]);
  });

  it('holds no money and starts no engine while it waits, and says how long that was', async () => {
    const guard = new RecordingGuard();
    const limiter = new Limiter(1);
    const model = withConcurrency(counting(100), { limiter });
    const clock = clockOf();
    const call = () => model.generate({ messages, context: rootContext({ clock, guards: [guard] }) });
    const first = call();
    const second = call();
    await clock.sleep(50);
    expect([limiter.running, limiter.waiting, guard.open.size]).toEqual([1, 1, 1]);
    const { trace, charges } = await second;
    expect(trace).toMatchObject({ name: 'queue test/counting', values: { queuedMs: 100 }, status: 'answered' });
    expect(charges[0]?.usage.engineSeconds).toBe(0.25);
    expect((await first).trace.values).toBeUndefined();
    expect(guard.open.size).toBe(0);
  });

  it('lets an aborted call leave the queue at once, with nothing sent', async () => {
    const clock = virtualClock();
    const inner = counting(100);
    const limiter = new Limiter(1);
    const model = withConcurrency(inner, { limiter });
    const controller = new AbortController();
    const context = rootContext({ clock });
    const first = model.generate({ ...question('1'), context });
    const second = model.generate({ ...question('2'), context, signal: controller.signal });
    const third = model.generate({ ...question('3'), context });
    await clock.advance(10);
    controller.abort();
    await expect(second).rejects.toBeInstanceOf(AbortedError);
    expect(limiter.waiting).toBe(1);
    await clock.advance(200);
    await Promise.all([first, third]);
    expect(inner.sent).toEqual(['"1"', '"3"']);
  });

  it('lets a left stream out of the queue', async () => {
    const clock = clockOf();
    const limiter = new Limiter(1);
    const inner = counting(100);
    const model = withConcurrency(inner, { limiter });
    const context = rootContext({ clock });
    const first = model.generate({ ...question('1'), context });
    const stream = model.stream({ ...question('2'), context });
    const iterator = stream[Symbol.asyncIterator]();
    const reading = iterator.next();
    await iterator.return?.();
    expect(await stream.result).toMatchObject({ candidates: [], charges: [], trace: { status: 'aborted' } });
    await first;
    await reading;
    expect(inner.sent).toEqual(['"1"']);
    expect(limiter.waiting).toBe(0);
  });

  it('lets a call whose deadline comes leave the queue, and leaves no timer behind', async () => {
    const clock = clockOf();
    const inner = counting(100);
    const model = withConcurrency(inner, { max: 1 });
    const first = model.generate({ messages, context: rootContext({ clock }) });
    const late = model.generate({ messages, context: rootContext({ clock, deadline: 30 }) });
    await expect(late).rejects.toMatchObject({ failure: 'timeout', dispatch: 'not-sent' });
    expect(clock.now()).toBe(30);
    await first;
    // A deadline that is farther off than timers reach is no deadline now.
    await model.generate({ messages, context: rootContext({ clock, deadline: 2 ** 40 }) });
    expect(inner.sent).toHaveLength(2);
  });

  it('frees its place after a failure', async () => {
    const limiter = new Limiter(1);
    const model = withConcurrency(scriptedModel([{ error: new Error('no') }, { text: 'b' }]), { limiter });
    await expect(model.generate({ messages })).rejects.toThrow('no');
    expect((await model.generate({ messages })).candidates).toHaveLength(1);
    expect(limiter.running).toBe(0);
  });

  it.each([0, 1.5, Number.NaN])('refuses max %s', (max) => {
    expect(() => withConcurrency(scriptedModel([]), { max })).toThrow(InvalidOptionError);
  });
});

describe('nested on one limiter', () => {
  it('lends the place of the outer call to the calls below, one at a time', async () => {
    const limiter = new Limiter(1);
    const inner = counting(10);
    const limited = (model: Model): Model => withConcurrency(model, { limiter });
    const model = limited(several(limited(limited(inner)), 3));
    const context = rootContext({ clock: clockOf() });
    expect((await model.generate({ messages, context })).charges).toHaveLength(3);
    expect(inner.most()).toBe(1);
    expect([limiter.running, limiter.waiting]).toEqual([0, 0]);
  });

  it('never stops, never passes the limit, and ends empty, for any nesting, timing and aborts', async () => {
    const call = fc.record({
      depth: fc.integer({ min: 0, max: 3 }),
      fan: fc.integer({ min: 1, max: 4 }),
      abortAtMs: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(call, { minLength: 1, maxLength: 5 }),
        async (max, calls) => {
          const limiter = new Limiter(max);
          const inner = counting((n) => (n * 7) % 20);
          const clock = clockOf();
          await Promise.all(
            calls.map(async ({ depth, fan, abortAtMs }) => {
              let model = withConcurrency(inner, { limiter });
              for (let level = 0; level < depth; level += 1) {
                model = withConcurrency(several(model, level === 0 ? fan : 2), { limiter });
              }
              const controller = new AbortController();
              if (abortAtMs !== undefined) void clock.sleep(abortAtMs).then(() => controller.abort());
              await model
                .generate({ messages, context: rootContext({ clock }), signal: controller.signal })
                .catch((error: unknown) => expect(error).toBeInstanceOf(AbortedError));
            }),
          );
          expect(inner.most()).toBeLessThanOrEqual(max);
          expect([limiter.running, limiter.waiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
