import { InvalidOptionError } from '@tollgate/sdk';
import { fleissKappa, observedAgreement } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variantVote } from './variant-vote.ts';

const first = [-0.2, -1.7];
const second = [-1.7, -0.2];

describe('variantVote', () => {
  // Flip-flop consistency: four templates, four items.
  it('gives the labels and the agreement of the published example', () => {
    const items = [
      [first, first, first, first],
      [first, first, first, second],
      [first, first, second, second],
      [first, first, first, first],
    ].map((logprobs) => variantVote(logprobs));
    expect(items.map(({ majority }) => majority)).toEqual([0, 0, undefined, 0]);
    const counts = items.map((item) => item.counts);
    expect(counts).toEqual([
      [4, 0],
      [3, 1],
      [2, 2],
      [4, 0],
    ]);
    expect(observedAgreement(counts)).toBeCloseTo(0.708333, 6);
    expect(fleissKappa(counts)).toBeCloseTo(0.042735, 6);
  });

  it('averages probabilities that are normalised over the labels', () => {
    const half = Math.log(0.5);
    // 0.2 against 0.1 is 2/3 against 1/3, whatever the rest of the vocabulary has.
    const { labels, majority, probabilities, average } = variantVote([
      [Math.log(0.2), Math.log(0.1)],
      [Math.log(0.01), Math.log(0.99)],
      [half, half],
    ]);
    expect(labels).toEqual([0, 1, 0]);
    expect(majority).toBe(0);
    expect(probabilities[0]).toBeCloseTo((2 / 3 + 0.01 + 0.5) / 3, 12);
    expect(average).toBe(1);
  });

  it('takes the first label on a tie, and an impossible one for what it is', () => {
    expect(variantVote([[-1, -1]])).toMatchObject({ labels: [0], majority: 0, average: 0 });
    expect(variantVote([[-Infinity, -5]])).toMatchObject({ labels: [1], probabilities: [0, 1] });
    expect(variantVote([[-2000, -2001]]).probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  it('does not depend on the order of variants, and is sure where all agree (property)', () => {
    const row = fc.array(fc.double({ min: -20, max: 0, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), (logprobs) => {
        const vote = variantVote(logprobs);
        const turned = variantVote([...logprobs].reverse());
        expect(turned.majority).toBe(vote.majority);
        expect(turned.counts).toEqual(vote.counts);
        expect(vote.probabilities.reduce((total, each) => total + each, 0)).toBeCloseTo(1, 12);
        expect(vote.counts.reduce((total, each) => total + each, 0)).toBe(logprobs.length);
        if (vote.majority !== undefined) expect(2 * (vote.counts[vote.majority] ?? 0)).toBeGreaterThan(logprobs.length);
        const [one = []] = logprobs;
        const same = variantVote(logprobs.map(() => one));
        expect(same.majority).toBe(same.labels[0]);
        expect(same.average).toBe(same.labels[0]);
      }),
      { seed: 1 },
    );
  });

  it.each([
    [[], 'must have a variant and a label'],
    [[[]], 'must have a variant and a label'],
    [[[-1, -2], [-1]], 'logprobs[1] must have 2 labels as the first variant has, received 1.'],
    [[[-1, Number.NaN]], 'logprobs[0][1] must be a number, received NaN.'],
    [[[-Infinity, -Infinity]], 'logprobs[0] must make a label possible'],
  ])('refuses %j', (logprobs, message) => {
    expect(() => variantVote(logprobs)).toThrow(InvalidOptionError);
    expect(() => variantVote(logprobs)).toThrow(message);
  });
});
