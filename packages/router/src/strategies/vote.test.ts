import fc from 'fast-check';
import { InvalidOptionError, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive } from '../__fixtures__/drive.ts';
import { vote, voteCore } from './vote.ts';

describe('voteCore', () => {
  it('draws all samples at once', () => {
    const { asked } = drive(voteCore({ samples: 5 }), { sources: [['a', 'a', 'a', 'a', 'a']] });
    expect(asked).toEqual([{ type: 'draw', from: 0, count: 5 }]);
  });

  it.each([
    [['18', '26', '18'], '0.0', 2 / 3],
    [['26', '18', '18'], '0.1', 2 / 3],
    [['b', 'a', 'a', 'b'], '0.0', 1 / 2],
    [['c', 'a', 'b'], '0.0', 1 / 3],
    [[null, 'b', null, 'a', 'a'], '0.3', 2 / 5],
    [['a', null, null], '0.0', 1 / 3],
    [['a'], '0.0', 1],
  ])('%j elects candidate %s with confidence %s', (answers, candidate, confidence) => {
    const { decision } = drive(voteCore({ samples: answers.length }), { sources: [answers] });
    expect(decision).toMatchObject({ type: 'accept', candidate, confidence, signal: 'vote-share' });
    expect(decision).not.toHaveProperty('accepted');
  });

  it('counts samples that did not arrive against the confidence', () => {
    const { decision } = drive(voteCore({ samples: 8 }), { sources: [['a', 'a']] });
    expect(decision).toMatchObject({ type: 'accept', confidence: 0.25, reason: '2 of 8 samples agree' });
  });

  it('abstains where no sample has an answer', () => {
    expect(drive(voteCore({ samples: 3 }), { sources: [[null, null, null]] }).decision).toMatchObject({
      type: 'abstain',
      confidence: 0,
    });
  });

  it.each([
    [{ type: 'failed', from: 0, action: 'draw', code: 'call-failed' }],
    [{ type: 'budget', from: 0 }],
    [{ type: 'drawn', from: 0, candidates: [] }],
  ] as const)('stops on %j', (event) => {
    expect(drive(voteCore({ samples: 3 }), { sources: [[]], instead: { 0: [event] } }).decision.type).toBe('stop');
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses %s samples', (samples) => {
    expect(() => voteCore({ samples })).toThrow(InvalidOptionError);
  });

  it('gives the winner one vote or more and never draws more than it says (property)', () => {
    const answers = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(answers, fc.nat({ max: 5 }), (list, missing) => {
        const asked = list.length + missing;
        const { decision, chosen, samples } = drive(voteCore({ samples: asked }), { sources: [list] });
        expect(samples).toEqual([asked]);
        if (decision.type !== 'accept') {
          expect(list.every((answer) => answer === null)).toBe(true);
          return;
        }
        const votes = list.filter((answer) => answer === chosen?.answer).length;
        expect(decision.confidence).toBeCloseTo(votes / asked, 12);
        for (const rival of list)
          expect(list.filter((answer) => answer === rival && rival !== null).length).toBeLessThanOrEqual(votes);
      }),
    );
  });
});

describe('vote', () => {
  const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };

  it('gives the most frequent answer of one batch', async () => {
    using small = scriptedModel([{ texts: ['It is 4', 'It is 5', ' It  is 5 '] }]);
    const result = await vote(small, { samples: 3 }).generate(request);
    const chosen = result.candidates.find((candidate) => candidate.id === result.decision.chosen);
    expect(chosen && textOf(chosen)).toBe('It is 5');
    expect(result.decision).toMatchObject({ status: 'accepted', confidence: 2 / 3 });
    expect(result.charges).toHaveLength(1);
  });

  it('counts what the answer key says is the same', async () => {
    using small = scriptedModel([{ texts: ['four', '5 of them', 'five: 5'] }]);
    const digits = {
      name: 'digits',
      key: (candidate: Parameters<typeof textOf>[0]) => /\d+/.exec(textOf(candidate))?.[0],
    };
    const { decision, candidates } = await vote(small, { samples: 3, answer: digits }).generate(request);
    expect(decision.chosen).toBe(candidates[1]?.id);
  });

  it('has no result when aborted before it starts', async () => {
    const small = scriptedModel([{ texts: ['a', 'b', 'c'] }]);
    const call = vote(small, { samples: 3 }).generate({ ...request, signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(small.calls).toHaveLength(0);
  });
});
