import { type CandidateView, InvalidOptionError, ModelCallError, type StreamPart, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drive, type Drive, type Sample, type World } from '../__fixtures__/drive.ts';
import { binOf, type DifficultyTable, fitDifficultyTable } from '../learning/difficulty-table.ts';
import { adaptive, adaptiveCore } from './adaptive.ts';
import { single } from './single.ts';

const request = { messages: [{ role: 'user' as const, content: 'One and one?' }] };

/** Easy: three of three agree. Middling: two do, then four more. Hard: another model. */
const table: DifficultyTable = {
  probe: 3,
  bins: [
    { from: 1, tasks: 20, action: { kind: 'vote', samples: 3 } },
    { from: 0.6, tasks: 20, action: { kind: 'vote', samples: 7 } },
    { from: 0, tasks: 20, action: { kind: 'escalate', to: 1, samples: 1 } },
  ],
};
const votingTable: DifficultyTable = {
  probe: 3,
  bins: [{ from: 0, tasks: 1, action: { kind: 'escalate', to: 1, samples: 5 } }],
};
const none = null;

interface Trial extends Partial<World> {
  readonly by?: DifficultyTable;
}

function run(small: readonly Sample[], big: readonly Sample[] = [], { by = table, ...world }: Trial = {}): Drive {
  return drive(adaptiveCore(by), { sources: [small, big], ...world });
}

describe('adaptiveCore', () => {
  it.each<[string, readonly Sample[], readonly Sample[], readonly number[], object]>([
    [
      'stops where the probe agrees',
      ['a', 'a', 'a'],
      [],
      [3, 0],
      { candidate: '0.0', confidence: 1, notAsked: [1], reason: '3 of 3 samples agree' },
    ],
    [
      'draws more where it nearly does, and the probe votes again',
      ['a', 'b', 'b', 'c', 'a', 'a', 'a'],
      [],
      [7, 0],
      { candidate: '0.0', confidence: 4 / 7, reason: '4 of 7 samples agree' },
    ],
    [
      'asks another model where it does not',
      ['a', 'b', 'c'],
      ['x'],
      [3, 1],
      { candidate: '1.0', reason: 'the samples disagreed, so another model answers' },
    ],
    ['no answer is no agreement', [none, none, none], ['x'], [3, 1], { candidate: '1.0' }],
    ['samples that did not arrive are votes against', ['a', 'a'], [], [7, 0], { candidate: '0.0', confidence: 2 / 7 }],
    [
      'ties go to the first answer',
      ['a', 'a', 'b', 'b', 'b', 'a', none],
      [],
      [7, 0],
      { candidate: '0.0', confidence: 3 / 7 },
    ],
  ])('%s', (...[, small, big, samples, decision]) => {
    const driven = run(small, big);
    expect(driven.samples).toEqual(samples);
    expect(driven.decision).toMatchObject({ type: 'accept', ...decision });
    expect(driven.decision).not.toHaveProperty('accepted');
  });

  it('shows the answer of the other model as it is written, where one sample is asked of it', () => {
    expect(run(['a', 'b', 'c'], ['x']).asked.at(-1)).toEqual({ type: 'draw', from: 1, count: 1, commit: true });
  });

  it('several samples of the other model vote among themselves', () => {
    const driven = run(['a', 'b', 'c'], ['x', 'a', 'x', none, 'a'], { by: votingTable });
    expect(driven.samples).toEqual([3, 5]);
    expect(driven.asked.at(-1)).toEqual({ type: 'draw', from: 1, count: 5 });
    expect(driven.decision).toMatchObject({ candidate: '1.0', confidence: 0.4, signal: 'vote-share' });
  });

  it('abstains where no sample holds an answer and nobody else is to be asked', () => {
    const alone: DifficultyTable = { probe: 2, bins: [{ from: 0, tasks: 1, action: { kind: 'vote', samples: 2 } }] };
    expect(run([none, none], [], { by: alone }).decision).toEqual({
      type: 'abstain',
      confidence: 0,
      signal: 'vote-share',
      reason: 'no sample holds an answer',
    });
  });

  it('a table that asks for fewer samples than the probe votes over the probe', () => {
    const odd: DifficultyTable = { probe: 3, bins: [{ from: 0, tasks: 1, action: { kind: 'vote', samples: 1 } }] };
    expect(run(['a', 'b', 'b'], [], { by: odd })).toMatchObject({ samples: [3, 0], decision: { candidate: '0.1' } });
  });
});

describe('when something goes wrong', () => {
  const failed = { type: 'failed', from: 0, action: 'draw', code: 'call-failed' } as const;
  const bigFailed = { ...failed, from: 1 };
  const budget = { type: 'budget', from: 0 } as const;
  const unsure = ['a', 'b', 'b'];
  const odd = ['a', 'b', 'c'];

  it('where the first model is down, the one for the hardest tasks answers', () => {
    const driven = run([], ['x'], { instead: { 0: [failed] } });
    expect(driven.decision).toMatchObject({ candidate: '1.0' });
    expect(run([], [], { instead: { 0: [failed], 1: [bigFailed] } }).decision.type).toBe('stop');
  });

  it('where it is down and the table names nobody else, there is nothing to give', () => {
    const alone: DifficultyTable = { probe: 2, bins: [{ from: 0, tasks: 1, action: { kind: 'vote', samples: 2 } }] };
    expect(run([], [], { instead: { 0: [failed] }, by: alone }).decision).toEqual({
      type: 'stop',
      reason: 'the model failed',
    });
  });

  it.each<[string, readonly Sample[], Partial<World>, DifficultyTable, object]>([
    ['later samples fail', unsure, { instead: { 1: [failed] } }, table, { candidate: '0.1', confidence: 2 / 7 }],
    ['the other model fails', odd, { instead: { 1: [bigFailed] } }, table, { candidate: '0.0', confidence: 1 / 3 }],
    ['the other model gives nothing', odd, {}, table, { candidate: '0.0', confidence: 1 / 3 }],
    [
      'the others give no answer',
      odd,
      { sources: [odd, [none, none]] },
      votingTable,
      { candidate: '0.0', confidence: 1 / 3 },
    ],
    [
      'money ends before more samples',
      unsure,
      { instead: { 1: [budget] } },
      table,
      { candidate: '0.1', reason: 'money ran out' },
    ],
    [
      'money ends before the other model',
      odd,
      { instead: { 1: [budget] } },
      votingTable,
      { candidate: '0.0', confidence: 1 / 3 },
    ],
  ])('%s: the best so far, not accepted', (...[, small, world, by, decision]) => {
    expect(run(small, [], { ...world, by }).decision).toMatchObject({ type: 'accept', accepted: false, ...decision });
  });

  it('money that ends before the first sample leaves nothing', () => {
    expect(run([], [], { instead: { 0: [budget] } }).decision).toEqual({ type: 'stop', reason: 'money ran out' });
  });

  it('a run of the first model that fails late does not end the escalation', () => {
    const arrived = { type: 'drawn', from: 0, candidates: [{ id: 'x', from: 0, answer: 'a', finish: 'eos' }] } as const;
    const driven = run([], ['big'], { instead: { 0: [arrived, failed] } });
    expect(driven.decision).toMatchObject({ candidate: '1.0' });
  });

  it.each<[string, Partial<CandidateView>]>([
    ['a budget cut', { finish: 'budget' }],
    ['its own source did not accept', { answer: 'a', decision: { status: 'rejected' } }],
  ])('an answer of the other model that %s is not accepted', (_, sample) => {
    expect(run(odd, [sample]).decision).toMatchObject({ candidate: '1.0', accepted: false });
  });
});

describe('tables', () => {
  const vote = { kind: 'vote', samples: 3 } as const;

  it.each<[string, DifficultyTable]>([
    ['without bins', { probe: 3, bins: [] }],
    ['that do not end at 0', { probe: 3, bins: [{ from: 0.5, tasks: 1, action: vote }] }],
    ['that rise', { probe: 3, bins: [0.5, 1, 0].map((from) => ({ from, tasks: 1, action: vote })) }],
    ['with a bin twice', { probe: 3, bins: [1, 0, 0].map((from) => ({ from, tasks: 1, action: vote })) }],
    ['above 1', { probe: 3, bins: [2, 0].map((from) => ({ from, tasks: 1, action: vote })) }],
    ['without a probe', { probe: 0, bins: [{ from: 0, tasks: 1, action: vote }] }],
    ['of half a sample', { probe: 3, bins: [{ from: 0, tasks: 1, action: { kind: 'vote', samples: 0.5 } }] }],
  ])('%s are refused', (_, odd) => {
    expect(() => adaptiveCore(odd)).toThrow(InvalidOptionError);
  });

  it.each([0, 2, 1.5])('a model %s that is not there is refused', (to) => {
    const odd: DifficultyTable = {
      probe: 1,
      bins: [{ from: 0, tasks: 1, action: { kind: 'escalate', to, samples: 1 } }],
    };
    const model = scriptedModel([]);
    expect(() => adaptive([model, model], { table: odd })).toThrow(InvalidOptionError);
    expect(() => run([], [], { by: odd })).toThrow(/escalates to model/);
  });
});

describe('adaptive', () => {
  it('spends little on what is easy, and streams what another model answers on what is hard', async () => {
    const small = scriptedModel([{ texts: ['2', '2', '2'] }, { texts: ['1', '2', '3'] }]);
    const big = scriptedModel([{ text: 'it is 4' }]);
    const model = adaptive([small, big], { table });
    const easy = await model.generate(request);
    expect(easy.decision).toMatchObject({ status: 'accepted', confidence: 1 });
    const parts: StreamPart[] = [];
    for await (const part of model.stream(request)) parts.push(part);
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? part.text : []))).toEqual(['it ', 'is ', '4']);
    big.assertDone();
  });

  it('takes strategies for models, and goes on where the first one is down', async () => {
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    const small = scriptedModel(() => ({ error: down }));
    const big = scriptedModel([{ text: 'x' }]);
    const { candidates, decision } = await adaptive([single(small), single(big)], { table }).generate(request);
    expect(candidates.map(textOf)).toEqual(['x']);
    expect(decision.status).toBe('accepted');
  });

  it('ends when the caller aborts', async () => {
    const model = adaptive([scriptedModel([]), scriptedModel([])], { table });
    await expect(model.generate({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('spends what its table says, and the answer is that of the vote or of the other model (property)', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', none), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(letters, (small) => {
        const driven = run(small, ['x']);
        const most = (answers: readonly Sample[]): number =>
          Math.max(...['a', 'b', 'c'].map((letter) => answers.filter((answer) => answer === letter).length));
        const { action } = table.bins[binOf(table, most(small.slice(0, 3)) / 3)] ?? {};
        expect(driven.samples).toEqual(action?.kind === 'escalate' ? [3, 1] : [action?.samples, 0]);
        if (action?.kind !== 'vote') return;
        const asked = small.slice(0, action.samples);
        expect(driven.decision).toMatchObject({ confidence: most(asked) / action.samples });
      }),
      { seed: 23, numRuns: 300 },
    );
  });

  it('is cheaper than the strongest model and better than the first, on tasks it was not fitted on', () => {
    // Three kinds of tasks in turn: the small model knows, is unsure, does not know.
    const kinds = ['aaaaaaa', 'abaacaa', 'bcdebcd'];
    const labelled = Array.from({ length: 90 }, (_, i) => ({
      models: [
        (kinds[i % 3] ?? '').split('').map((answer) => ({ answer, correct: answer === 'a', usd: 1 })),
        [{ answer: 'a', correct: true, usd: 20 }],
      ],
    }));
    const fitted = fitDifficultyTable(labelled, { probe: 3, fallbackUsd: 100, votes: [7] });
    const costs = kinds.map((letters) => {
      const driven = run(letters.split(''), ['a'], { by: fitted });
      expect(driven.chosen?.answer).toBe('a');
      return (driven.samples[0] ?? 0) + 20 * (driven.samples[1] ?? 0);
    });
    expect(costs).toEqual([3, 3, 23]);
  });
});
