import { describe, expect, it } from 'vitest';
import type { Candidate, FinishedBy } from '../spec/result.ts';
import type { Signal } from '../spec/signal.ts';
import { candidateView } from './candidate-view.ts';
import { textOf, wholeText } from './whole-text.ts';

function candidate(text: string, by: FinishedBy = 'eos', more: Partial<Candidate> = {}): Candidate {
  return {
    id: 'a#0',
    attemptId: 'a',
    producedBy: { provider: 'test', modelId: 'leaf' },
    content: [{ type: 'text', text }],
    finish: { unified: 'stop', by },
    ...more,
  };
}

describe('candidateView', () => {
  it('shows a core the answer, never the text', () => {
    const answer = { name: 'digits', key: (one: Candidate) => /\d+/.exec(textOf(one))?.[0] };
    expect(candidateView(candidate('The answer is 97.'), 2, { answer: answer, signals: [] })).toEqual({
      id: 'a#0',
      from: 2,
      answer: '97',
      finish: 'eos',
    });
    expect(candidateView(candidate('I do not know.'), 0, { answer: answer, signals: [] })).toEqual({
      id: 'a#0',
      from: 0,
      finish: 'eos',
    });
  });

  it.each([
    ['eos', true],
    ['stop', true],
    ['length', true],
    ['budget', false],
    ['aborted', false],
  ] as const)('lets an answer that ended by %s vote: %s', (by, votes) => {
    let asked = false;
    const key = (): string => {
      asked = true;
      return '97';
    };
    const view = candidateView(candidate('97', by), 0, { answer: { name: 'k', key }, signals: [] });
    expect([view.answer, asked, view.finish]).toEqual([votes ? '97' : undefined, votes, by]);
  });

  it('lets no answer vote that misses the schema of the request', () => {
    const view = candidateView(candidate('97', 'eos', { schemaIssue: 'the value must be an object' }), 0, {
      answer: wholeText(),
      signals: [],
    });
    expect(view).toEqual({ id: 'a#0', from: 0, finish: 'eos' });
  });

  it('measures the mean log-probability where the tokens have one', () => {
    const logprobs = [-0.5, -1.5, -1].map((logprob) => ({ text: 'x', logprob }));
    expect(candidateView(candidate('x', 'eos', { logprobs }), 0, { answer: wholeText(), signals: [] }).signals).toEqual(
      { meanLogprob: -1 },
    );
    expect(
      candidateView(candidate('x', 'eos', { logprobs: [] }), 0, { answer: wholeText(), signals: [] }),
    ).not.toHaveProperty('signals');
  });

  it('passes on what a strategy decided about it, without the words', () => {
    const decision = { status: 'rejected', confidence: 0.4, chosen: 'a#0', reason: 'too few agree' } as const;
    expect(
      candidateView(candidate('x', 'eos', { decision }), 0, { answer: wholeText(), signals: [] }).decision,
    ).toEqual({
      status: 'rejected',
      confidence: 0.4,
    });
    const bare = { status: 'accepted', reason: 'r' } as const;
    expect(
      candidateView(candidate('x', 'eos', { decision: bare }), 0, { answer: wholeText(), signals: [] }).decision,
    ).toEqual({
      status: 'accepted',
    });
  });
});

describe('wholeText', () => {
  it.each([
    ['  a \n\t b  ', 'a b'],
    ['', undefined],
    [' \n ', undefined],
  ])('folds %j to %j', (text, expected) => {
    expect(wholeText().key(candidate(text))).toBe(expected);
  });

  it('joins the text parts and leaves out the rest', () => {
    const content = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: '9' },
      { type: 'tool-call', toolCallId: 't', toolName: 'n', input: {} },
      { type: 'text', text: '7' },
    ] as const;
    expect(textOf(candidate('', 'eos', { content }))).toBe('97');
  });
});

describe('signals', () => {
  it('are read off the candidate beside what the engine measured, and left out where there are none', () => {
    const length = { name: 'length', read: ({ content }: Candidate) => content.length };
    const none = { name: 'none', read: () => undefined };
    const view = (signals: readonly Signal[]) => candidateView(candidate('97'), 0, { answer: wholeText(), signals });
    expect(view([length, none]).signals).toEqual({ length: 1 });
    expect(view([none])).not.toHaveProperty('signals');
  });
});
