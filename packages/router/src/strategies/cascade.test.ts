import fc from 'fast-check';
import { explain, InvalidOptionError, ModelCallError, type Pricing, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive, type Sample } from '../__fixtures__/drive.ts';
import { verdict } from '../confidence/verdict.ts';
import { voteShare } from '../confidence/vote-share.ts';
import type { CascadeOptions } from './cascade-options.ts';
import { cascade, cascadeCore } from './cascade.ts';
import { vote } from './vote.ts';

const byVotes = (samples: number | readonly number[], accept: number): CascadeOptions => ({
  confidence: voteShare({ samples }),
  accept,
});

describe('cascadeCore on vote share', () => {
  it('never asks the large model after the small one is accepted', () => {
    const { asked, decision } = drive(cascadeCore(byVotes(3, 0.6)), { sources: [['a', 'b', 'a'], ['c'], ['d']] });
    expect(asked).toEqual([{ type: 'draw', from: 0, count: 3 }]);
    expect(decision).toEqual({
      type: 'accept',
      candidate: '0.0',
      confidence: 2 / 3,
      signal: 'vote-share',
      reason: '2 of 3 samples agree',
      notAsked: [1, 2],
    });
  });

  it.each([
    [2 / 3, ['a', 'a', 'b'], 1],
    [0.67, ['a', 'a', 'b'], 2],
    [0.6, ['a', 'a', 'a', 'b', 'c'], 1],
    [0.61, ['a', 'a', 'a', 'b', 'c'], 2],
    [0.7, ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'b', 'c', 'd'], 1],
    [1, ['a', 'a', null], 2],
    [0.66, ['a', 'a', null], 1],
    [0.1, [null, null], 2],
  ])('accepts at a share of at least %s: %j asks %s stages', (accept, answers, stages) => {
    const { asked } = drive(cascadeCore(byVotes(answers.length, accept)), { sources: [answers, ['z']] });
    expect(asked).toHaveLength(stages);
  });

  it('the last stage always answers: one sample, shown as it is written, whatever it says', () => {
    for (const last of ['z', null]) {
      const { asked, decision } = drive(cascadeCore(byVotes(3, 1)), { sources: [['a', 'b', 'c'], [last]] });
      expect(asked[1]).toEqual({ type: 'draw', from: 1, count: 1, commit: true });
      expect(decision).toEqual({ type: 'accept', candidate: '1.0', reason: 'the last model answers whatever it says' });
    }
  });

  it('takes samples for each stage, the last included, which then votes without a test', () => {
    const { asked, decision } = drive(cascadeCore(byVotes([2, 4], 1)), {
      sources: [
        ['a', 'b'],
        ['x', 'y', 'y', null],
      ],
    });
    expect(asked).toEqual([
      { type: 'draw', from: 0, count: 2 },
      { type: 'draw', from: 1, count: 4 },
    ]);
    expect(decision).toMatchObject({ type: 'accept', candidate: '1.1', confidence: 0.5 });
    expect(decision).not.toHaveProperty('accepted');
    expect(decision).not.toHaveProperty('notAsked');
  });

  it('gives the best so far, not accepted, where the last stage votes and none of its samples has an answer', () => {
    const { decision } = drive(cascadeCore(byVotes([2, 2], 1)), {
      sources: [
        ['a', 'b'],
        [null, null],
      ],
    });
    expect(decision).toMatchObject({ type: 'accept', candidate: '0.0', accepted: false, confidence: 0.5 });
  });

  it('a cascade of one asks it once', () => {
    const { asked } = drive(cascadeCore(byVotes(3, 1)), { sources: [['a']] });
    expect(asked).toEqual([{ type: 'draw', from: 0, count: 1, commit: true }]);
  });

  it('samples that did not arrive are no agreement', () => {
    const { asked } = drive(cascadeCore(byVotes(3, 0.6)), { sources: [['a'], ['z']] });
    expect(asked).toHaveLength(2);
  });
});

describe('cascadeCore when something goes wrong', () => {
  const three = { sources: [['a', 'a', 'b'], ['c', 'c', 'd'], ['z']] };

  it('passes over a stage that failed', () => {
    const failed = { type: 'failed', from: 0, action: 'draw', code: 'call-failed' } as const;
    const { asked, decision } = drive(cascadeCore(byVotes(3, 0.6)), { ...three, instead: { 0: [failed] } });
    expect(asked.map((action) => action.type === 'draw' && action.from)).toEqual([0, 1]);
    expect(decision).toMatchObject({ type: 'accept', candidate: '1.0', notAsked: [2] });
  });

  it.each([
    [
      [
        ['a', 'a', 'b'],
        ['c', 'd', 'e'],
      ],
      '0.0',
      2 / 3,
    ],
    [
      [
        ['a', 'a', 'b'],
        ['c', 'c', 'e'],
      ],
      '1.0',
      2 / 3,
    ],
    [
      [
        ['a', 'b', 'c'],
        ['d', 'd', 'e'],
      ],
      '1.0',
      2 / 3,
    ],
    [
      [
        ['a', 'b', 'c'],
        [null, null, null],
      ],
      '0.0',
      1 / 3,
    ],
  ])(
    'gives the best of %j, the later stage on a tie, where money ends it or the last fails',
    (sources, candidate, confidence) => {
      for (const event of [
        { type: 'budget', from: 2 },
        { type: 'failed', from: 2, action: 'draw', code: 'x' },
        { type: 'drawn', from: 2, candidates: [] },
      ] as const) {
        const { decision } = drive(cascadeCore(byVotes(3, 1)), { sources: [...sources, []], instead: { 2: [event] } });
        expect(decision).toMatchObject({ type: 'accept', candidate, accepted: false, confidence });
      }
    },
  );

  it('stops where there is nothing to show', () => {
    const failed = (from: number) => ({ type: 'failed', from, action: 'draw', code: 'x' }) as const;
    const core = cascadeCore(byVotes(3, 1));
    expect(drive(core, { sources: [[], []], instead: { 0: [failed(0)], 1: [failed(1)] } }).decision.type).toBe('stop');
    expect(drive(core, { sources: [[], []], instead: { 0: [{ type: 'budget', from: 0 }] } }).decision.type).toBe(
      'stop',
    );
  });

  it('a late failure of the stage before is not a failure of this one', () => {
    const drawn = { type: 'drawn', from: 0, candidates: [{ id: 'x', from: 0, answer: 'a', finish: 'eos' }] } as const;
    const late = { type: 'failed', from: 0, action: 'draw', code: 'x' } as const;
    const { asked, decision } = drive(cascadeCore(byVotes(3, 1)), { ...three, instead: { 0: [drawn, late] } });
    expect(asked[1]).toMatchObject({ from: 1 });
    expect(decision).toMatchObject({ candidate: '2.0' });
  });

  it('does not accept what a budget cut or a nested strategy refused at the last stage', () => {
    const cut: Sample = { finish: 'budget' };
    const refused: Sample = { answer: 'z', decision: { status: 'rejected', confidence: 0.2 } };
    for (const last of [cut, refused]) {
      const { decision } = drive(cascadeCore(byVotes(3, 1)), { sources: [['a', 'b', 'c'], [last]] });
      expect(decision).toMatchObject({ type: 'accept', candidate: '1.0', accepted: false });
    }
  });
});

describe('cascadeCore on verdicts', () => {
  const core = cascadeCore({ confidence: verdict() });
  const sample = (status: 'accepted' | 'rejected' | 'unverified' | 'budget', confidence?: number): Sample => ({
    answer: 'a',
    decision: { status, ...(confidence !== undefined && { confidence }) },
  });

  it('accepts a strategy that accepted its own answer', () => {
    const { decision, samples } = drive(core, { sources: [[sample('accepted', 0.8)], ['z']] });
    expect(samples).toEqual([1, 0]);
    expect(decision).toMatchObject({
      type: 'accept',
      candidate: '0.0',
      confidence: 0.8,
      signal: 'verdict',
      notAsked: [1],
    });
  });

  it.each([[sample('rejected', 0.9)], [sample('unverified')], [sample('budget')], ['bare'], [null]])(
    'asks on after %j',
    (first) => {
      const { decision } = drive(core, { sources: [[first], ['z']] });
      expect(decision).toMatchObject({ type: 'accept', candidate: '1.0' });
    },
  );

  it('remembers the most confident refusal for when money ends', () => {
    const { decision } = drive(core, {
      sources: [[sample('rejected', 0.5)], [sample('rejected', 0.4)], []],
      instead: { 2: [{ type: 'budget', from: 2 }] },
    });
    expect(decision).toMatchObject({ type: 'accept', candidate: '0.0', accepted: false, confidence: 0.5 });
  });

  it('goes on after a strategy that gave nothing', () => {
    expect(drive(core, { sources: [[], ['z']] }).decision).toMatchObject({ candidate: '1.0' });
  });
});

describe('options of a cascade', () => {
  it.each([0, -1, 1.01, Number.NaN])('refuses accept %s', (accept) => {
    expect(() => cascadeCore(byVotes(3, accept))).toThrow(InvalidOptionError);
  });

  it('says what was meant by a percentage', () => {
    expect(() => cascadeCore(byVotes(3, 67))).toThrow('accept must be in (0, 1], received 67. Did you mean 0.67?');
  });

  it('refuses votes without a threshold', () => {
    expect(() => cascadeCore({ confidence: voteShare({ samples: 3 }) })).toThrow(/needs accept/);
  });

  it('refuses samples for another number of models when it is made', () => {
    const model = scriptedModel([]);
    expect(() => cascade([model, model], byVotes([3, 3, 1], 1))).toThrow(/one number for each model \(2\), received 3/);
    expect(() => drive(cascadeCore(byVotes([3], 1)), { sources: [[], []] })).toThrow(InvalidOptionError);
    expect(() => cascade([], byVotes(3, 1))).toThrow(InvalidOptionError);
  });

  it('says in its parameters what it does', () => {
    expect(cascadeCore(byVotes([3, 2], 0.6)).parameters).toEqual({
      signal: 'vote-share',
      samples: '3/2',
      accept: 0.6,
    });
    expect(cascadeCore({ confidence: verdict() }).parameters).toEqual({ signal: 'verdict' });
  });
});

describe('properties of a cascade', () => {
  const answers = fc.array(fc.array(fc.constantFrom('a', 'b', null), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 4,
  });
  const share = fc.integer({ min: 1, max: 5 }).map((votes) => votes / 5);

  it('asks a prefix of its models and names the rest as not asked', () => {
    fc.assert(
      fc.property(answers, share, (sources, accept) => {
        const { asked, decision } = drive(cascadeCore(byVotes(5, accept)), { sources });
        const from = asked.map((action) => (action.type === 'draw' ? action.from : -1));
        expect(from).toEqual(from.map((_, i) => i));
        const notAsked = decision.type === 'accept' ? (decision.notAsked ?? []) : [];
        expect([...from, ...notAsked]).toEqual(sources.map((_, i) => i));
      }),
    );
  });

  it('a higher threshold never asks fewer models', () => {
    fc.assert(
      fc.property(answers, share, share, (sources, one, other) => {
        const stages = (accept: number): number => drive(cascadeCore(byVotes(5, accept)), { sources }).asked.length;
        expect(stages(Math.max(one, other))).toBeGreaterThanOrEqual(stages(Math.min(one, other)));
      }),
    );
  });
});

describe('cascade', () => {
  const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };

  it('is a model that asks the second model only when the first is unsure', async () => {
    using small = scriptedModel([{ texts: ['4', '4', '5'] }, { texts: ['6', '7', '8'] }]);
    using big = scriptedModel([{ text: '9' }], { modelId: 'big' });
    const model = cascade([small, big], byVotes(3, 0.66));
    const sure = await model.generate(request);
    expect([sure.decision.status, big.calls.length]).toEqual(['accepted', 0]);
    expect(sure.trace.notAsked?.[0]).toMatchObject({ name: 'big' });
    const unsure = await model.generate(request);
    const chosen = unsure.candidates.find((candidate) => candidate.id === unsure.decision.chosen);
    expect(chosen && textOf(chosen)).toBe('9');
    expect(unsure.charges).toHaveLength(2);
  });

  it('says what not asking saved, once it has seen what asking costs', async () => {
    const cent: Pricing = {
      priceOf: () => ({ amount: { usd: 0.01, nanoUsd: '10000000' }, known: 'override' }),
      upperBound: () => ({ amount: { usd: 0.01, nanoUsd: '10000000' }, known: 'override' }),
      declaration: { kind: 'test' },
    };
    const small = scriptedModel([{ texts: ['4', '5'] }, { texts: ['4', '4'] }]);
    const big = scriptedModel([{ text: '9' }], { modelId: 'big', pricing: cent });
    const model = cascade([small, big], byVotes(2, 1));
    await model.generate(request);
    const { trace } = await model.generate(request);
    expect(trace.notAsked).toEqual([{ name: 'big', reason: '2 of 2 samples agree', savedUsd: 0.01 }]);
    expect(explain(trace)).toMatch(/big not asked.*saved about \$0\.01/);
  });

  it('goes past a model that fails', async () => {
    const error = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    using broken = scriptedModel([{ error }, { error }, { error }]);
    using big = scriptedModel([{ text: '9' }]);
    const { decision } = await cascade([broken, big], byVotes(3, 0.66)).generate(request);
    expect(decision.status).toBe('accepted');
  });

  it('nests: a strategy that abstains hands over to the next stage', async () => {
    const unsure = vote(scriptedModel([{ texts: [' ', ''] }]), { samples: 2 });
    const { decision, candidates } = await cascade([unsure, scriptedModel([{ text: '9' }])], {
      confidence: verdict(),
    }).generate(request);
    const chosen = candidates.find((candidate) => candidate.id === decision.chosen);
    expect(chosen && textOf(chosen)).toBe('9');
  });

  it('streams the last model as it writes, and nothing of the stages before', async () => {
    const model = cascade([scriptedModel([{ texts: ['4', '5'] }]), scriptedModel([{ text: '9' }])], byVotes(2, 1));
    const parts: string[] = [];
    for await (const part of model.stream(request)) if (part.type === 'text-delta') parts.push(part.text);
    expect(parts).toEqual(['9']);
  });
});
