import { describe, expect, it } from 'vitest';
import type { Clock } from '../spec/context.ts';
import type { Span, TraceNode } from '../spec/trace.ts';
import { createRootSpan } from './span.ts';

function tickingClock(): Clock {
  let ms = 0;
  return { now: () => (ms += 10), monotonic: () => ms, sleep: async () => undefined };
}

function root(): Span {
  return createRootSpan('call', tickingClock());
}

function* nodes(node: TraceNode): Generator<TraceNode> {
  yield node;
  for (const child of node.children) yield* nodes(child);
}

const cost = { usd: 0.5, nanoUsd: '500000000' };

describe('a span', () => {
  it('is a tree of what was written, as plain JSON', () => {
    const span = root();
    const leaf = span.child('leaf', 'test/model');
    leaf.add({ values: { samples: 2, seed: 7 }, charge: { attemptId: leaf.id, usageKnown: 'exact', cost } });
    leaf.add({ values: { samples: 3 }, status: 'asked', rule: 'first' });
    leaf.add({ rule: 'last', notAsked: { name: 'big', reason: 'small was sure' } });
    leaf.end('answered');
    const node = span.toNode();
    expect(node).toEqual({
      id: span.id,
      kind: 'root',
      name: 'call',
      startedAtMs: 10,
      children: [
        {
          id: `${span.id}.1`,
          kind: 'leaf',
          name: 'test/model',
          startedAtMs: 20,
          endedAtMs: 30,
          status: 'answered',
          rule: 'last',
          values: { samples: 3, seed: 7 },
          charges: [{ attemptId: leaf.id, usageKnown: 'exact', cost }],
          notAsked: [{ name: 'big', reason: 'small was sure' }],
          children: [],
        },
      ],
    });
    expect(JSON.parse(JSON.stringify(node))).toEqual(node);
  });

  it('ends once: a later end may say how, never when', () => {
    const span = root();
    span.end();
    span.end('aborted');
    expect(span.toNode()).toMatchObject({ endedAtMs: 20, status: 'aborted' });
  });

  it('is a snapshot: what is written later is not in it', () => {
    const span = root();
    const before = span.toNode();
    span.add({ values: { late: 1 } });
    span.child('leaf', 'late');
    expect(before.values).toBeUndefined();
    expect(before.children).toHaveLength(0);
  });

  it('has ids that name the tree and are never given twice', () => {
    const [one, other] = [root(), root()];
    expect(one.id).not.toBe(other.id);
    const ids = [one.child('draw', 'a'), one.child('draw', 'b').child('leaf', 'c')].map(({ id }) => id);
    // The path from the root: what happened below a span begins with its id.
    expect(ids).toEqual([`${one.id}.1`, `${one.id}.2.1`]);
  });

  it('keeps 1,000 nodes and counts the others where they would hang', () => {
    const span = root();
    for (let i = 0; i < 998; i += 1) span.child('draw', `draw ${i}`);
    const last = span.child('strategy', 'the thousandth');
    const gone = last.child('draw', 'left out');
    gone.child('leaf', 'below one that was left out');
    for (let i = 0; i < 5; i += 1) span.child('draw', 'left out too');
    const node = span.toNode();
    expect([...nodes(node)]).toHaveLength(1000);
    expect(node.omitted).toBe(5);
    expect(node.children.at(-1)).toMatchObject({ name: 'the thousandth', omitted: 2, children: [] });
    const omitted = [...nodes(node)].reduce((sum, one) => sum + (one.omitted ?? 0), 0);
    expect(omitted).toBe(7);
  });

  it('adds up what the omitted nodes cost', () => {
    const span = root();
    for (let i = 0; i < 999; i += 1) span.child('leaf', `leaf ${i}`);
    expect(span.toNode().omittedCost).toBeUndefined();
    for (let i = 0; i < 3; i += 1) {
      const gone = span.child('draw', 'left out').child('leaf', 'left out');
      gone.add({ charge: { attemptId: gone.id, usageKnown: 'exact', cost } });
      gone.add({ charge: { attemptId: gone.id, usageKnown: 'upper-bound' } });
    }
    expect(span.toNode()).toMatchObject({ omitted: 6, omittedCost: { usd: 1.5, nanoUsd: '1500000000' } });
  });

  it('works for one that was left out as for any other', () => {
    const span = root();
    for (let i = 0; i < 1000; i += 1) span.child('draw', 'draw');
    const gone = span.child('leaf', 'left out');
    gone.end('answered');
    expect(gone.toNode()).toMatchObject({ name: 'left out', status: 'answered', children: [] });
  });
});
