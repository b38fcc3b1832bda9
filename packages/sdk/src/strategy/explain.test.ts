import { expect, it } from 'vitest';
import type { TraceNode } from '../spec/trace.ts';
import { explain } from './explain.ts';

function node(name: string, more: Partial<TraceNode> = {}): TraceNode {
  return { id: name, kind: 'draw', name, startedAtMs: 1000, children: [], ...more };
}

function charge(nanoUsd: number): NonNullable<TraceNode['charges']>[number] {
  return { attemptId: 'a', usageKnown: 'exact', cost: { usd: nanoUsd / 1e9, nanoUsd: String(nanoUsd) } };
}

it('shows what was asked, what it cost, how long it took, why it ended, and what was not asked', () => {
  const trace = node('cascade', {
    kind: 'strategy',
    endedAtMs: 3100,
    status: 'accepted',
    rule: '2 of 3 samples agree',
    values: { accept: 0.67, confidence: 2 / 3 },
    notAsked: [
      { name: 'gpt-6-sol', reason: 'small was sure', savedUsd: 0.0062 },
      { name: 'gpt-6-max', reason: 'small was sure' },
    ],
    children: [
      node('small 1', {
        endedAtMs: 2500,
        values: { samples: 3 },
        children: [
          node('llama/small', { endedAtMs: 2500, status: 'answered', charges: [charge(90_000), charge(320_000)] }),
        ],
      }),
      node('big 2', { endedAtMs: 2800, status: 'failed', children: [node('openai/big', { status: 'failed' })] }),
    ],
  });
  expect(explain(trace)).toBe(
    [
      'cascade                 $0.00041  2.1 s, accepted, 2 of 3 samples agree, accept 0.67, confidence 0.667',
      '├─ small 1              $0.00041  1.5 s, samples 3',
      '│  └─ llama/small       $0.00041  1.5 s',
      '├─ big 2                          1.8 s, failed',
      '│  └─ openai/big                  failed',
      '├─ gpt-6-sol not asked            saved about $0.0062',
      '└─ gpt-6-max not asked',
    ].join('\n'),
  );
});

it('counts what was left out, and its cost with the rest', () => {
  const trace = node('agent', {
    omitted: 12,
    omittedCost: { usd: 2, nanoUsd: '2000000000' },
    children: [node('turn 1', { charges: [charge(500_000_000)] })],
  });
  expect(explain(trace)).toBe(['agent       $2.50', '├─ turn 1   $0.50', '└─ 12 more  $2.00  left out'].join('\n'));
});

it.each([
  [0, '$0'],
  [1, '$0.0000000010'],
  [99, '$0.000000099'],
  [340_000, '$0.00034'],
  [9_990_000, '$0.0100'],
  [10_000_000, '$0.01'],
  [123_456_789, '$0.12'],
  [12_500_000_000, '$12.50'],
])('writes %d nano-dollars as %s', (nanoUsd, expected) => {
  expect(explain(node('x', { charges: [charge(nanoUsd)] }))).toBe(`x  ${expected}`);
});

it('is a line for a node alone', () => {
  expect(explain(node('leaf'))).toBe('leaf');
});
