import { tallyVotes } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perplexityConsistency, type ReasoningPath } from './perplexity-consistency.ts';

/** Paths with the answers and probabilities, each with a text of its own. */
function paths(answers: readonly (string | undefined)[], probabilities: readonly number[]): readonly ReasoningPath[] {
  return answers.map((answer, i) => ({ answer, text: `path ${i}`, meanLogprob: Math.log(probabilities[i] ?? NaN) }));
}

const repeated = (...counts: readonly (readonly [string, number])[]): readonly string[] =>
  counts.flatMap(([answer, count]) => Array.from({ length: count }, () => answer));

// Both computed with the authors' rule and scipy.
const agreeing = paths(
  repeated(['42', 4], ['17', 6], ['9', 2]),
  [0.9, 0.88, 0.91, 0.86, 0.31, 0.28, 0.35, 0.3, 0.33, 0.27, 0.84, 0.25],
);
const outvoted = paths(
  repeated(['42', 3], ['17', 10]),
  [0.92, 0.89, 0.9, 0.31, 0.28, 0.35, 0.3, 0.33, 0.27, 0.29, 0.32, 0.34, 0.26],
);
const withoutLogprobs = (list: readonly ReasoningPath[]): readonly ReasoningPath[] =>
  list.map(({ answer, text }) => ({ answer, text }));

describe('on separated groups', () => {
  it.each([
    {
      name: 'with pruning',
      list: agreeing,
      prune: true,
      shares: { 42: 0.808656, 9: 0.191344, 17: 0 },
      winner: '42',
      pruned: [4, 5, 6, 7, 8, 9, 11],
    },
    {
      name: 'without pruning',
      list: agreeing,
      prune: false,
      shares: { 42: 0.54784, 17: 0.283951, 9: 0.16821 },
      winner: '42',
      pruned: [],
    },
    {
      name: 'by counts',
      list: withoutLogprobs(agreeing),
      prune: true,
      shares: { 17: 6 / 12, 42: 4 / 12, 9: 2 / 12 },
      winner: '17',
      pruned: [],
    },
    {
      name: 'with pruning, where probabilities alone are wrong,',
      list: outvoted,
      prune: true,
      shares: { 42: 1, 17: 0 },
      winner: '42',
      pruned: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    },
    {
      name: 'without pruning, where it is needed,',
      list: outvoted,
      prune: false,
      shares: { 17: 0.529514, 42: 0.470486 },
      winner: '17',
      pruned: [],
    },
    {
      name: 'by counts, where they are wrong,',
      list: withoutLogprobs(outvoted),
      prune: true,
      shares: { 17: 10 / 13, 42: 3 / 13 },
      winner: '17',
      pruned: [],
    },
  ])('$name elects $winner', ({ list, prune, shares, winner, pruned }) => {
    const vote = perplexityConsistency(list, { prune });
    expect(vote).toMatchObject({ winner, ties: false, pruned });
    for (const { answer, share } of vote.clusters) expect(share).toBeCloseTo(shares[answer as '42'], 6);
    expect(vote.confidence).toBe(vote.clusters.find(({ answer }) => answer === winner)?.share);
    const paths = Object.fromEntries(vote.clusters.map((cluster) => [cluster.answer, cluster.paths]));
    expect(paths).toEqual(Object.fromEntries(tallyVotes(list.map(({ answer }) => answer)).counts));
  });

  it.each([
    [agreeing, { weight: 0.416643, high: [41.0634, 0.89017], low: [10.2369, 0.313223], misfit: -17.095553 }],
    [outvoted, { weight: 0.23077, high: [76.507, 0.909677], low: [12.0242, 0.318131], misfit: -22.849452 }],
  ])('tells the groups apart as the authors do (case %#)', (list, expected) => {
    const { fit, method } = perplexityConsistency(list);
    expect(method).toBe('rpc');
    expect(fit?.weight).toBeCloseTo(expected.weight, 3);
    expect((fit?.high.shape ?? 0) / (expected.high[0] ?? 1)).toBeCloseTo(1, 3);
    expect(fit?.high.scale).toBeCloseTo(expected.high[1] ?? 0, 4);
    expect((fit?.low.shape ?? 0) / (expected.low[0] ?? 1)).toBeCloseTo(1, 3);
    expect(fit?.low.scale).toBeCloseTo(expected.low[1] ?? 0, 4);
    expect(fit?.negativeLogLikelihood).toBeCloseTo(expected.misfit, 5);
  });
});

describe('completions', () => {
  it('that are equal count once, whichever comes first', () => {
    const twice = [
      { answer: 'a', text: 'same', meanLogprob: Math.log(0.5) },
      { answer: 'a', text: 'same', meanLogprob: Math.log(0.4) },
      { answer: 'b', text: 'other', meanLogprob: Math.log(0.8) },
    ];
    for (const list of [twice, [...twice].reverse()]) {
      const { clusters, winner } = perplexityConsistency(list);
      expect(winner).toBe('b');
      expect(clusters.find(({ answer }) => answer === 'a')).toMatchObject({ paths: 2, score: 0.5 });
    }
  });

  it('count each where there are no log-probabilities', () => {
    const list = [
      { answer: 'a', text: 'same' },
      { answer: 'a', text: 'same' },
      { answer: 'b', text: 'other' },
    ];
    expect(perplexityConsistency(list)).toMatchObject({ method: 'sc', winner: 'a', confidence: 2 / 3 });
  });
});

describe('nothing is pruned', () => {
  it.each([
    ['of fewer than six paths', paths(['a', 'a', 'b', 'b', 'c'], [0.9, 0.9, 0.1, 0.1, 0.1])],
    [
      'where all are equally probable',
      paths(
        repeated(['a', 5], ['b', 3]),
        repeated(['a', 8]).map(() => 0.5),
      ),
    ],
    ['of one path', paths(['a'], [0.3])],
  ])('%s', (_name, list) => {
    const vote = perplexityConsistency(list);
    expect(vote).toMatchObject({ method: 'pc', pruned: [] });
    expect(vote.fit).toBeUndefined();
  });
});

it.each([
  ['absent', undefined],
  ['not a number', Number.NaN],
  ['minus infinity', -Infinity],
  ['so low that the probability is 0', -800],
])('counts as self-consistency where a log-probability is %s', (_name, meanLogprob) => {
  const list = [...agreeing, { answer: '17', text: 'x', meanLogprob }];
  expect(perplexityConsistency(list)).toMatchObject({ method: 'sc', winner: '17', confidence: 7 / 13, pruned: [] });
  const unanswered = [...agreeing, { answer: undefined, text: 'x', meanLogprob }];
  expect(perplexityConsistency(unanswered)).toMatchObject({ method: 'rpc', winner: '42' });
});

it.each([[[]], [[{ answer: undefined, text: '?', meanLogprob: -1 }]], [[{ answer: '', text: '' }]]])(
  'has no winner of %j',
  (list) => {
    expect(perplexityConsistency(list)).toMatchObject({ clusters: [], winner: undefined, ties: false, confidence: 0 });
  },
);

it('gives ties to the earlier answer and says so', () => {
  expect(perplexityConsistency(paths(['b', 'a'], [0.5, 0.5]))).toMatchObject({
    winner: 'b',
    ties: true,
    confidence: 0.5,
  });
});

const lists = fc.array(
  fc.record({
    answer: fc.constantFrom('a', 'b', 'c', undefined),
    text: fc.integer({ min: 0, max: 30 }).map(String),
    meanLogprob: fc.double({ min: -3, max: 0, noNaN: true }),
  }),
  { minLength: 1, maxLength: 24 },
);

it('keeps all that is probable, and shares add up to 1 (property)', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const { clusters, pruned, winner, confidence } = perplexityConsistency(list);
      const voting = list.filter(({ answer }) => answer !== undefined);
      const average = voting.reduce((total, { meanLogprob }) => total + Math.exp(meanLogprob), 0) / voting.length;
      for (const index of pruned) {
        expect(list[index]?.answer).toBeDefined();
        expect(Math.exp(list[index]?.meanLogprob ?? 0)).toBeLessThan(average);
      }
      expect(pruned.length).toBeLessThan(Math.max(1, voting.length));
      if (voting.length === 0) return;
      expect(clusters.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 12);
      expect(confidence).toBeCloseTo(Math.max(...clusters.map(({ share }) => share)), 12);
      expect(winner).toBeDefined();
    }),
    { seed: 1 },
  );
});

it('does not depend on the order of paths, ties apart (property)', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const [forward, backward] = [perplexityConsistency(list), perplexityConsistency([...list].reverse())];
      const scores = ({ clusters }: typeof forward): object =>
        Object.fromEntries(clusters.map(({ answer, score }) => [answer, Number(score.toPrecision(9))]));
      expect(scores(backward)).toEqual(scores(forward));
      expect(backward.ties).toBe(forward.ties);
      if (!forward.ties) expect(backward.winner).toBe(forward.winner);
    }),
    { seed: 2 },
  );
});

it('without pruning, elects as probabilities added up over distinct texts do (property)', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const distinct = list.map((path, i) => ({ ...path, text: String(i) }));
      const vote = perplexityConsistency(distinct, { prune: false });
      const plain = tallyVotes(
        list.map(({ answer }) => answer),
        list.map(({ meanLogprob }) => Math.exp(meanLogprob)),
      );
      expect(vote).toMatchObject({ winner: plain.winner, ties: plain.ties });
    }),
    { seed: 3 },
  );
});
