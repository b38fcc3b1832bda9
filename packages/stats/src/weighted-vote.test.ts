import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tallyVotes } from './vote-tally.ts';
import { type VoteGroup, weightedVote } from './weighted-vote.ts';

const group = (answers: string, externalWeight = 1): VoteGroup => ({ answers: answers.split(''), externalWeight });
const groupsOf = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', undefined), { maxLength: 6 }), { maxLength: 4 });

describe('the votes of the ModelSwitch analysis', () => {
  it.each([
    {
      answers: ['AAABB', 'ADDDD'],
      distinct: { A: 1.092176, B: 0.446479, D: 1.68983 },
      samples: { A: 2.747668, B: 1.330935, D: 3.005064 },
      winners: ['D', 'D'],
    },
    {
      answers: ['AAABC', 'BBDDD'],
      distinct: { A: 0.924064, B: 0.7545, D: 0.669719 },
      samples: { A: 1.582953, B: 1.858586, D: 1.996402 },
      winners: ['A', 'D'],
    },
  ])('$answers', ({ answers, distinct, samples, winners }) => {
    for (const [i, [normalization, expected]] of Object.entries({ distinct, samples }).entries()) {
      const vote = weightedVote(
        answers.map((text) => group(text)),
        { normalization: normalization as 'distinct' | 'samples' },
      );
      for (const [answer, score] of Object.entries(expected)) {
        expect(Math.abs((vote.scores.get(answer) ?? 0) - score)).toBeLessThan(1e-6);
      }
      expect(vote).toMatchObject({ winner: winners[i], ties: false });
    }
    // Unweighted, both are ties that go to the first answer.
    expect(tallyVotes(answers.join('').split(''))).toMatchObject({ winner: 'A', ties: true });
  });

  it('AAAAB against BBBBA is an exact tie, which the first model wins', () => {
    expect(weightedVote([group('AAAAB'), group('BBBBA')])).toMatchObject({ winner: 'A', ties: true });
    expect(weightedVote([group('BBBBA'), group('AAAAB')])).toMatchObject({ winner: 'B', ties: true });
  });

  it('a model without a usable answer has no weight and no votes', () => {
    const vote = weightedVote([{ answers: [undefined, '', null] }, group('AB')]);
    expect(vote.groupWeights).toEqual([0, 0.5]);
    expect(vote).toMatchObject({ winner: 'A', ties: true });
  });
});

describe('ties', () => {
  it('go to the earliest answer in group order, then sample order', () => {
    expect(weightedVote([group('BA'), group('AB')])).toMatchObject({ winner: 'B', ties: true });
  });

  it('are found although the scores add up with different rounding', () => {
    const groups = [group('A', 0.3), group('B', 0.1), group('B', 0.2)];
    expect(weightedVote(groups)).toMatchObject({ winner: 'A', ties: true });
  });
});

describe('external weights', () => {
  it('multiply the scores of their group', () => {
    expect(weightedVote([group('AA'), group('BB', 1.5)])).toMatchObject({ winner: 'B', ties: false });
    expect(weightedVote([group('AA', 2)]).scores.get('A')).toBe(4);
  });

  it('of zero silence a group, and all groups', () => {
    expect(weightedVote([group('AAA', 0), group('B')]).winner).toBe('B');
    expect(weightedVote([group('AAA', 0)])).toMatchObject({ winner: undefined, ties: false });
  });

  it.each([-1, NaN, Infinity])('reject %d', (externalWeight) => {
    expect(() => weightedVote([group('A'), group('B', externalWeight)])).toThrow(
      new RangeError(`groups[1].externalWeight must be finite and at least 0, received ${externalWeight}.`),
    );
  });
});

it('has no winner without groups', () => {
  expect(weightedVote([])).toEqual({ scores: new Map(), groupWeights: [], winner: undefined, ties: false });
});

it('elects what a single group elects by plain vote', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', undefined)), (answers) => {
      const { winner, ties } = tallyVotes(answers);
      expect(weightedVote([{ answers }])).toMatchObject({ winner, ties });
    }),
  );
});

it('does not depend on the order of groups, ties apart', () => {
  fc.assert(
    fc.property(groupsOf, (lists) => {
      const groups = lists.map((answers) => ({ answers }));
      const [forward, backward] = [weightedVote(groups), weightedVote([...groups].reverse())];
      expect(backward.ties).toBe(forward.ties);
      if (!forward.ties) expect(backward.winner).toBe(forward.winner);
    }),
  );
});
