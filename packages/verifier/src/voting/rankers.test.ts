import { type AnswerKey, type Candidate, InvalidOptionError, type Ranker, wholeText } from '@tollgate/sdk';
import { weightedVote } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballots, ranked, type Sample } from '../__fixtures__/ballots.ts';
import { candidate } from '../__fixtures__/candidate.ts';
import { majorityRanker } from './majority-ranker.ts';
import { rpcRanker } from './rpc-ranker.ts';
import { weightedRanker } from './weighted-ranker.ts';

const answer = wholeText();
const texts = (letters: string): readonly Sample[] =>
  letters.split('').map((text) => ({ text: text === '-' ? '' : text }));
const from = (model: string, letters: string): readonly Sample[] => texts(letters).map((one) => ({ ...one, model }));

const rankers: readonly (readonly [string, Ranker])[] = [
  ['majority', majorityRanker({ answer })],
  ['entropy', weightedRanker({ answer, weights: { entropy: 'samples' } })],
  ['external', weightedRanker({ answer, weights: { external: { 'test/one': 2, 'test/two': 1.5 } } })],
  ['rpc', rpcRanker({ answer })],
];

const samples = fc.array(
  fc.record({
    text: fc.constantFrom('a', 'b', 'c', ''),
    model: fc.constantFrom('one', 'two'),
    meanLogprob: fc.double({ min: -3, max: 0, noNaN: true }),
  }),
  { maxLength: 14 },
);

describe.each(rankers)('%s', (_name, ranker) => {
  it('orders all candidates by score, the earlier first, and those without an answer last and without a score (property)', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (list) => {
        const { order, scores } = await ranked(ranker, ballots(list));
        expect([...order].sort()).toEqual(list.map((_, i) => String(i)).sort());
        expect(Object.keys(scores).sort()).toEqual(
          list.flatMap(({ text }, i) => (text === '' ? [] : [String(i)])).sort(),
        );
        for (const [place, id] of order.entries()) {
          const next = order[place + 1];
          if (next === undefined) continue;
          const [mine, theirs] = [scores[id] ?? -1, scores[next] ?? -1];
          expect(mine).toBeGreaterThanOrEqual(theirs);
          if (mine === theirs) expect(Number(id)).toBeLessThan(Number(next));
        }
      }),
      { seed: 1 },
    );
  });

  it('gives equal answers equal scores, and distinct answers scores that add up to 1 (property)', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (list) => {
        fc.pre(list.some(({ text }) => text !== ''));
        const { scores } = await ranked(ranker, ballots(list));
        const byAnswer = new Map<string, number>();
        for (const [id, score] of Object.entries(scores)) {
          const text = list[Number(id)]?.text ?? '';
          expect(byAnswer.get(text) ?? score).toBe(score);
          byAnswer.set(text, score);
        }
        expect([...byAnswer.values()].reduce((total, score) => total + score, 0)).toBeCloseTo(1, 9);
      }),
      { seed: 2 },
    );
  });

  it('scores an answer alike in whatever order candidates come (property)', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (list) => {
        const [forward, backward] = [
          await ranked(ranker, ballots(list)),
          await ranked(ranker, ballots([...list].reverse())),
        ];
        for (const [id, score] of Object.entries(forward.scores)) {
          expect(backward.scores[String(list.length - 1 - Number(id))]).toBeCloseTo(score, 9);
        }
      }),
      { seed: 3 },
    );
  });

  it('has no order where there is nothing, and no scores where nothing holds an answer', async () => {
    expect(await ranked(ranker, [])).toEqual({ order: [], scores: {} });
    expect(
      await ranked(
        ranker,
        ballots([
          { text: '', model: 'one' },
          { text: '', model: 'two' },
        ]),
      ),
    ).toEqual({ order: ['0', '1'], scores: {} });
  });

  it('does not let answers vote that were cut or miss the schema', async () => {
    const [sound, ...others] = ballots(from('one', 'abb')) as [Candidate, Candidate, Candidate];
    const cut = others.map((one) => ({ ...one, finish: { unified: 'aborted', by: 'aborted' } as const }));
    const missing = others.map((one) => ({ ...one, schemaIssue: 'no number' }));
    for (const spoilt of [cut, missing])
      expect((await ranked(ranker, [...spoilt, sound])).order).toEqual(['0', '1', '2']);
  });
});

describe('majorityRanker', () => {
  it.each([
    ['aba', '021', { 0: 2 / 3, 1: 1 / 3, 2: 2 / 3 }],
    ['ba', '01', { 0: 0.5, 1: 0.5 }],
    ['abba', '0123', { 0: 0.5, 1: 0.5, 2: 0.5, 3: 0.5 }],
    ['-cbb', '2310', { 1: 1 / 3, 2: 2 / 3, 3: 2 / 3 }],
  ])('orders %s as %s', async (letters, order, expected) => {
    const { order: found, scores } = await ranked(majorityRanker({ answer }), ballots(texts(letters)));
    expect(found.join('')).toBe(order);
    for (const [id, share] of Object.entries(expected)) expect(scores[id]).toBeCloseTo(share, 11);
  });

  it('counts what the answer key says is the same', async () => {
    const upper: AnswerKey = { name: 'upper', key: (one) => wholeText().key(one)?.toUpperCase() };
    expect((await ranked(majorityRanker({ answer: upper }), ballots(['x', 'y', 'Y']))).order.join('')).toBe('120');
  });
});

describe('weightedRanker', () => {
  const modelSwitch = [...from('one', 'AAABB'), ...from('two', 'ADDDD')];

  it.each([
    ['distinct', { A: 1.092176, B: 0.446479, D: 1.68983 }],
    ['samples', { A: 2.747668, B: 1.330935, D: 3.005064 }],
  ] as const)('weighs models by consistency as ModelSwitch does (%s)', async (entropy, expected) => {
    const { order, scores } = await ranked(weightedRanker({ answer, weights: { entropy } }), ballots(modelSwitch));
    const total = Object.values(expected).reduce((sum, score) => sum + score, 0);
    for (const [i, { text }] of modelSwitch.entries()) {
      expect(scores[String(i)]).toBeCloseTo(expected[text as 'A'] / total, 5);
    }
    expect(order[0]).toBe('6');
  });

  it('is a tie without weights, which the first candidate wins', async () => {
    expect((await ranked(majorityRanker({ answer }), ballots(modelSwitch))).order[0]).toBe('0');
  });

  it('multiplies trust in a model with its consistency', async () => {
    const external = { 'test/one': 1.5, 'test/two': 1 };
    const { scores } = await ranked(
      weightedRanker({ answer, weights: { entropy: 'samples', external } }),
      ballots(modelSwitch),
    );
    const vote = weightedVote([
      { answers: 'AAABB'.split(''), externalWeight: 1.5 },
      { answers: 'ADDDD'.split(''), externalWeight: 1 },
    ]);
    const total = [...vote.scores.values()].reduce((sum, score) => sum + score, 0);
    expect(scores['0']).toBeCloseTo((vote.scores.get('A') ?? 0) / total, 11);
    expect(scores['9']).toBeCloseTo((vote.scores.get('D') ?? 0) / total, 11);
  });

  it('by trust alone lets two models outvote three samples of another', async () => {
    const list = [...from('one', 'aaa'), ...from('two', 'b'), ...from('three', 'b')];
    const external = { 'test/one': 1, 'test/two': 2, 'test/three': 2 };
    expect((await ranked(weightedRanker({ answer, weights: { external } }), ballots(list))).order.join('')).toBe(
      '34012',
    );
  });

  it('finds ties although weights add up with different rounding', async () => {
    const list = [...from('one', 'a'), ...from('two', 'b'), ...from('three', 'b')];
    const external = { 'test/one': 0.3, 'test/two': 0.1, 'test/three': 0.2 };
    expect((await ranked(weightedRanker({ answer, weights: { external } }), ballots(list))).order.join('')).toBe('012');
  });

  it('ranks by order where nobody is trusted', async () => {
    const external = { 'test/one': 0 };
    expect(await ranked(weightedRanker({ answer, weights: { external } }), ballots(from('one', 'ab')))).toEqual({
      order: ['0', '1'],
      scores: { 0: 0, 1: 0 },
    });
  });

  it.each([
    [{}, 'weights must have external or entropy'],
    [
      { external: { 'test/one': -1 } },
      'weights.external["test/one"] must be a finite number of at least 0, received -1.',
    ],
    [{ external: { 'test/one': Number.NaN } }, 'received NaN'],
  ])('refuses the weights %j', (weights, message) => {
    expect(() => weightedRanker({ answer, weights })).toThrow(InvalidOptionError);
    expect(() => weightedRanker({ answer, weights })).toThrow(message);
  });

  it('refuses a candidate of a model that has no weight, whatever the model is called', async () => {
    const ranker = weightedRanker({ answer, weights: { external: { 'test/one': 1 } } });
    await expect(ranked(ranker, ballots(from('constructor', 'a')))).rejects.toThrow('no weight for "test/constructor"');
  });
});

describe('rpcRanker', () => {
  const sure = (text: string, meanLogprob: number): Sample => ({ text, meanLogprob });

  it('puts probable answers before frequent ones', async () => {
    const list = [...[0.3, 0.28, 0.31].map((p) => sure('17', Math.log(p))), sure('42', Math.log(0.95))];
    // Equal completions count once.
    expect(await ranked(rpcRanker({ answer }), ballots(list))).toEqual({
      order: ['3', '0', '1', '2'],
      scores: { 0: 0.246031746032, 1: 0.246031746032, 2: 0.246031746032, 3: 0.753968253968 },
    });
  });

  it('tells ways to one answer apart by the reasoning that was shown', async () => {
    const thought = (id: string, [reasoning, answered]: readonly [string, string], logprob: number): Candidate => ({
      ...candidate(answered, 'eos', id),
      content: [
        { type: 'reasoning', text: reasoning },
        { type: 'text', text: answered },
      ],
      logprobs: [{ text: answered, logprob }],
    });
    const two = [thought('0', ['x', '1'], -0.5), thought('1', ['y', '1'], -0.5), thought('2', ['z', '2'], 0)];
    expect((await ranked(rpcRanker({ answer }), two)).order.join('')).toBe('012');
    const one = [thought('0', ['x', '1'], -0.5), thought('1', ['x', '1'], -0.5), thought('2', ['z', '2'], 0)];
    expect((await ranked(rpcRanker({ answer }), one)).order.join('')).toBe('201');
  });

  it('ranks by majority where a candidate has no log-probabilities', async () => {
    const list: readonly Sample[] = [sure('a', -0.01), { text: 'b' }, sure('b', -4)];
    expect(await ranked(rpcRanker({ answer }), ballots(list))).toEqual(
      await ranked(majorityRanker({ answer }), ballots(list)),
    );
  });
});
