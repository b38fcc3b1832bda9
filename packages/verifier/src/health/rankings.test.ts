import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subsets } from './__fixtures__/subsets.ts';
import { bestOfK } from './best-of-k.ts';
import { normalisedDropRatio, rankingDropRatio } from './drop-ratio.ts';
import { ndcgAtK } from './ndcg-at-k.ts';
import { pairwiseAccuracy } from './pairwise-accuracy.ts';
import { passAtK } from './pass-at-k.ts';
import type { RankedAnswer } from './ranked-answer.ts';
import { rankingScore } from './ranking-score.ts';
import { reciprocalRank } from './reciprocal-rank.ts';

/** P right, F wrong, best first. */
const ranked = (letters: string): readonly RankedAnswer[] =>
  letters.split('').map((letter, i) => ({ score: -i, correct: letter === 'P' }));

const answer = fc.record({ score: fc.integer({ min: 0, max: 3 }), correct: fc.boolean() });

/** Every order of a short list. */
function orders<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) => orders(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** The mean of a measure over all orders in which ties may come out. */
function overTies(answers: readonly RankedAnswer[], measure: (sorted: readonly RankedAnswer[]) => number): number {
  const values = orders(answers)
    .filter((order) => order.every(({ score }, i) => i === 0 || (order[i - 1]?.score ?? 0) >= score))
    .map(measure);
  return values.reduce((a, b) => a + b, 0) / values.length;
}

describe('bestOfK', () => {
  it.each([
    ['PPFPFFFPPFFFF', [0.384615, 0.525641, 0.604895, 0.675524, 0.899767, 1]],
    ['PPPFFPPFFFFFF', [0.384615, 0.589744, 0.706294, 0.783217, 0.965812, 1]],
  ])('of %s', (letters, expected) => {
    for (const [i, k] of [1, 2, 3, 4, 8, 13].entries()) {
      expect(bestOfK(ranked(letters), k)).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    }
  });

  it('keeps what was pruned at the end, where it still counts', () => {
    const pruned = ranked('PFPF').map((one, i) => (i > 1 ? { ...one, score: -Infinity } : one));
    expect(bestOfK(pruned, 1)).toBe(0.5);
    expect(bestOfK(pruned, 4)).toBe(1);
    // Best at rank 0: 3 of 6 pairs; at rank 1: 2 of 6; else the two pruned ones, one of which is right.
    expect(bestOfK(pruned, 2)).toBeCloseTo(3 / 6 + (1 / 6) * 0.5, 12);
  });

  it('is the mean over all draws of k, ties broken in all ways', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 6 }), fc.nat(20), (answers, at) => {
        const k = 1 + (at % answers.length);
        const draws = subsets(answers, k).map((draw) => {
          const top = Math.max(...draw.map(({ score }) => score));
          const best = draw.filter(({ score }) => score === top);
          return best.filter(({ correct }) => correct).length / best.length;
        });
        const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
        expect(bestOfK(answers, k)).toBeCloseTo(mean, 10);
        const { length: samples } = answers;
        const correct = answers.filter((one) => one.correct).length;
        expect(bestOfK(answers, k)).toBeLessThanOrEqual(passAtK({ samples, correct }, k) + 1e-12);
      }),
      { seed: 43 },
    );
  });

  it('refuses what cannot be ranked', () => {
    expect(() => bestOfK(ranked('PF'), 3)).toThrow(/^k must be a whole number in \[1, 2\], received 3/);
    expect(() => bestOfK([{ score: NaN, correct: true }], 1)).toThrow(
      /^items\[0\]\.score must be a number, received NaN/,
    );
  });
});

describe('other measures of a ranking', () => {
  it.each([
    ['PPF', 1, 1],
    ['FPP', 0.5, 0.5],
    ['FFP', 1 / 3, 0],
    ['FPFP', 0.5, 0.5],
    ['FF', 0, undefined],
    ['', 0, undefined],
  ])('of %s: reciprocal rank %d, ranking score %d', (letters, reciprocal, head) => {
    expect(reciprocalRank(ranked(letters))).toBeCloseTo(reciprocal, 12);
    expect(rankingScore(ranked(letters))).toBe(head);
  });

  it.each([
    ['PF', 1],
    ['FP', 0],
    ['PPFPFFFPPFFFF', 31 / 40],
    ['PP', undefined],
    ['', undefined],
  ])('of %s: pairwise accuracy %d', (letters, expected) => {
    expect(pairwiseAccuracy(ranked(letters))).toBe(expected);
  });

  it('count a tie as half a pair', () => {
    const tied = [
      { score: 1, correct: true },
      { score: 1, correct: false },
      { score: 0, correct: false },
    ];
    expect(pairwiseAccuracy(tied)).toBe(0.75);
  });

  it('weigh gains by their place', () => {
    const items = [
      { score: 2, gain: 1 },
      { score: 1, gain: 3 },
    ];
    expect(ndcgAtK(items, 2)).toBeCloseTo((1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3)), 12);
    expect(ndcgAtK(items, 1)).toBeCloseTo(1 / 3, 12);
    expect(ndcgAtK(items, 10)).toBe(ndcgAtK(items, 2));
    expect(ndcgAtK([{ score: 1, gain: 0 }], 1)).toBeUndefined();
    expect(ndcgAtK([], 1)).toBeUndefined();
    expect(() => ndcgAtK([{ score: 1, gain: -1 }], 1)).toThrow(/^items\[0\]\.gain must be in \[0, ∞\)/);
  });

  it('are means over all ways to break ties', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 6 }), (answers) => {
        const correct = answers.filter((one) => one.correct).length;
        const firstRight = (sorted: readonly RankedAnswer[]): number => {
          const place = sorted.findIndex((one) => one.correct);
          return place === -1 ? 0 : 1 / (place + 1);
        };
        const head = (sorted: readonly RankedAnswer[]): number =>
          sorted.slice(0, correct).filter((one) => one.correct).length / correct;
        const discounted = (sorted: readonly RankedAnswer[]): number =>
          sorted.slice(0, 3).reduce((sum, one, i) => sum + Number(one.correct) / Math.log2(i + 2), 0);
        expect(reciprocalRank(answers)).toBeCloseTo(overTies(answers, firstRight), 10);
        const gains = answers.map((one) => ({ score: one.score, gain: Number(one.correct) }));
        if (correct === 0) return;
        expect(rankingScore(answers)).toBeCloseTo(overTies(answers, head), 10);
        const ideal = discounted(answers.toSorted((a, b) => Number(b.correct) - Number(a.correct)));
        expect(ndcgAtK(gains, 3)).toBeCloseTo(overTies(answers, discounted) / ideal, 10);
      }),
      { seed: 44, numRuns: 60 },
    );
  });
});

describe('the drop ratio', () => {
  it.each([
    [{ start: 0.4, reached: 0.55, best: 0.7 }, 0.5],
    [{ start: 0.4, reached: 0.3, best: 0.7 }, -1 / 3],
    [{ start: 0.4, reached: 0.5, best: 0.4 }, undefined],
  ])('of %j is %d', (options, expected) => {
    const ratio = normalisedDropRatio(options);
    if (expected === undefined) expect(ratio).toBeUndefined();
    else expect(ratio).toBeCloseTo(expected, 12);
  });

  it('of a ranking is 1 for the best order, negative for the worst and 0 for none', () => {
    expect(rankingDropRatio(ranked('PPFFF'), 2)).toBeCloseTo(1, 12);
    expect(rankingDropRatio(ranked('FFFPP'), 2)).toBeLessThan(-0.5);
    const blind = ranked('PPFFF').map((one) => ({ ...one, score: 0 }));
    expect(rankingDropRatio(blind, 2)).toBeCloseTo(0, 12);
    // (0.589744 − 0.384615) / (pass@2 − 0.384615) with pass@2 = 1 − 28/78.
    expect(rankingDropRatio(ranked('PPPFFPPFFFFFF'), 2)).toBeCloseTo(0.205128 / (50 / 78 - 5 / 13), 5);
  });

  it('of a ranking is undefined where there is nothing to choose', () => {
    expect(rankingDropRatio(ranked('PPP'), 2)).toBeUndefined();
    expect(rankingDropRatio(ranked('FF'), 2)).toBeUndefined();
    expect(rankingDropRatio(ranked('PFPFF'), 1)).toBeUndefined();
  });
});
