import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tallyVotes, type VoteAnswer } from './vote-tally.ts';

const answers = fc.array(fc.constantFrom<VoteAnswer[]>('a', 'b', 'c', '', undefined, null));

describe('winner', () => {
  it.each<[VoteAnswer[], string | undefined, boolean]>([
    [['a', 'a', 'b'], 'a', false],
    [['b', 'a', 'a'], 'a', false],
    [['a', 'b'], 'a', true],
    [['b', 'a', 'a', 'b'], 'b', true],
    [[undefined, 'b', null, ''], 'b', false],
    [['A', 'a', 'a'], 'a', false],
    [['__proto__', '__proto__', 'a'], '__proto__', false],
    [['', undefined, null], undefined, false],
    [[], undefined, false],
  ])('votes %j → %s (tie: %s)', (votes, winner, ties) => {
    expect(tallyVotes(votes)).toMatchObject({ winner, ties });
  });
});

it('reports counts in first-seen order and both shares', () => {
  const tally = tallyVotes(['b', undefined, 'a', 'b', 'b']);
  expect([...tally.counts]).toEqual([
    ['b', 3],
    ['a', 1],
  ]);
  expect(tally).toMatchObject({ valid: 4, total: 5, winnerShare: 0.6, shareOfValid: 0.75 });
});

it('never takes failed samples for agreement', () => {
  expect(tallyVotes([undefined, undefined])).toMatchObject({ valid: 0, total: 2, winnerShare: 0, shareOfValid: 0 });
  expect(tallyVotes(['a', undefined, undefined])).toMatchObject({ winnerShare: 1 / 3, shareOfValid: 1 });
  expect(tallyVotes([])).toMatchObject({ total: 0, winnerShare: 0, shareOfValid: 0 });
});

it('counts every sample once and wins with the highest count', () => {
  fc.assert(
    fc.property(answers, (votes) => {
      const { counts, valid, total, winner, winnerShare } = tallyVotes(votes);
      expect(total).toBe(votes.length);
      expect([...counts.values()].reduce((running, count) => running + count, 0)).toBe(valid);
      const most = Math.max(0, ...counts.values());
      expect(winner).toBe([...counts.keys()].find((answer) => counts.get(answer) === most));
      expect(winnerShare).toBe(total === 0 ? 0 : most / total);
    }),
  );
});

it('does not depend on the order of votes, ties apart', () => {
  fc.assert(
    fc.property(answers, (votes) => {
      const [forward, backward] = [tallyVotes(votes), tallyVotes([...votes].reverse())];
      expect(Object.fromEntries(backward.counts)).toEqual(Object.fromEntries(forward.counts));
      if (!forward.ties) expect(backward.winner).toBe(forward.winner);
    }),
  );
});

describe('weights', () => {
  it('replace the count of one', () => {
    const tally = tallyVotes(['a', 'b', 'b', undefined], [3, 1, 1, 5]);
    expect(tally).toMatchObject({ winner: 'a', valid: 5, total: 10, winnerShare: 0.3, shareOfValid: 0.6 });
  });

  it('of one each change nothing', () => {
    fc.assert(
      fc.property(answers, (votes) => {
        expect(
          tallyVotes(
            votes,
            Array.from({ length: votes.length }, () => 1),
          ),
        ).toEqual(tallyVotes(votes));
      }),
    );
  });

  it('tie although they add up with different rounding', () => {
    expect(tallyVotes(['a', 'b', 'b'], [0.3, 0.1, 0.2])).toMatchObject({ winner: 'a', ties: true });
  });

  it('of zero win nothing', () => {
    expect(tallyVotes(['a', 'b'], [0, 0])).toMatchObject({ winner: undefined, winnerShare: 0, ties: false });
  });

  it.each([
    [[1], 'weights.length must be equal to answers.length (2), received 1.'],
    [[1, -1], 'weights[1] must be finite and at least 0, received -1.'],
    [[NaN, 1], 'weights[0] must be finite and at least 0, received NaN.'],
  ])('reject %j', (weights, message) => {
    expect(() => tallyVotes(['a', 'b'], weights)).toThrow(new RangeError(message));
  });
});
