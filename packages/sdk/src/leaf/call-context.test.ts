import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../spec/context.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { RecordingGuard } from './__fixtures__/recording-guard.ts';
import { childContext, guardedContext, rootContext } from './call-context.ts';
import { systemClock } from './system-clock.ts';

function draw(context: CallContext, label: string): CallContext {
  return childContext(context, { kind: 'draw', label });
}

describe('contexts', () => {
  it('start with nothing but a clock, a trace and chance', () => {
    const context = rootContext();
    expect(context).toMatchObject({ guards: [], scopes: {}, clock: systemClock });
    expect(context.deadline).toBeUndefined();
    expect(context.span.toNode()).toMatchObject({ kind: 'root', name: 'call' });
    expect(context.random.next()).not.toBe(rootContext().random.next());
  });

  it('take what they are given', () => {
    const guard = new RecordingGuard();
    const clock = virtualClock(5);
    const context = rootContext({
      scopes: { user: 'ada' },
      guards: [guard],
      clock,
      deadline: 99,
      name: 'solve',
      seed: 1,
    });
    expect(context).toMatchObject({ guards: [guard], scopes: { user: 'ada' }, clock, deadline: 99 });
    expect(context.span.toNode()).toMatchObject({ name: 'solve', startedAtMs: 5 });
  });

  it('hand guards, scopes, clock and deadline down, and add to them', () => {
    const [outer, inner] = [new RecordingGuard(), new RecordingGuard()];
    const root = rootContext({ scopes: { user: 'ada', run: '1' }, guards: [outer], deadline: 99 });
    const child = childContext(root, { kind: 'wrapper', label: 'budget', guard: inner, scopes: { run: '2' } });
    expect(child).toMatchObject({ guards: [outer, inner], scopes: { user: 'ada', run: '2' }, deadline: 99 });
    expect(child.clock).toBe(root.clock);
    expect(root).toMatchObject({ guards: [outer], scopes: { user: 'ada', run: '1' } });
    expect(root.span.toNode().children).toMatchObject([{ kind: 'wrapper', name: 'budget' }]);
  });

  it('gain a guard without a span and with the same chance', () => {
    const guard = new RecordingGuard();
    const root = rootContext({ scopes: { user: 'ada' }, seed: 3 });
    const guarded = guardedContext(root, guard, { run: '1' });
    expect(guarded.guards).toEqual([guard]);
    expect(guarded.scopes).toEqual({ user: 'ada', run: '1' });
    expect(guarded.span).toBe(root.span);
    expect(guarded.random).toBe(root.random);
  });

  it('give every child chance of its own, whatever is drawn in which order', () => {
    const labels = ['small 1', 'small 2', 'big 3'];
    const numbers = (order: readonly string[], drawnBefore: number): Record<string, readonly number[]> => {
      const root = rootContext({ seed: 7 });
      const seen: Record<string, readonly number[]> = {};
      for (const label of order) {
        for (let i = 0; i < drawnBefore; i += 1) root.random.next();
        const child = draw(root, label);
        seen[label] = [child.random.next(), child.random.next(), draw(child, 'leaf').random.next()];
      }
      return seen;
    };
    const expected = numbers(labels, 0);
    expect(new Set(Object.values(expected).flat()).size).toBe(9);
    fc.assert(
      fc.property(fc.shuffledSubarray(labels, { minLength: 3 }), fc.nat(5), (order, drawnBefore) => {
        expect(numbers(order, drawnBefore)).toEqual(expected);
      }),
    );
  });

  it('repeat with their seed and differ without', () => {
    const first = (seed: number | string): number => draw(rootContext({ seed }), 'a').random.next();
    expect(first(1)).toBe(first(1));
    expect(first(1)).not.toBe(first(2));
    expect(first(1)).not.toBe(first('1'));
  });
});
