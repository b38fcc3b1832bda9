import { type Candidate, InvalidOptionError, rootContext, type Scorer, type Verdict } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitScoreOffset, type JudgedScore, withScoreOffset } from './score-offset.ts';

const judged = (scores: readonly number[], acceptable: string): readonly JudgedScore[] =>
  scores.map((score, i) => ({ score, acceptable: acceptable[i] === 'y' }));

describe('fitScoreOffset', () => {
  it.each([
    ['divides in the middle of the gap', [1, 2, 5, 8], 'nnyy', { offset: 3.5, wronglyAccepted: 0, wronglyRejected: 0 }],
    ['with the fewest errors', [1, 2, 3, 4, 5, 6], 'nyynyy', { offset: 1.5, wronglyAccepted: 1, wronglyRejected: 0 }],
    ['ties go to the higher one', [1, 2, 3, 4], 'nyny', { offset: 3.5, wronglyAccepted: 0, wronglyRejected: 1 }],
    ['equal scores are not divided', [1, 2, 2, 3], 'nnyy', { offset: 2.5, wronglyAccepted: 0, wronglyRejected: 1 }],
    ['in any order', [8, 1, 5, 2], 'ynyn', { offset: 3.5, wronglyAccepted: 0, wronglyRejected: 0 }],
    [
      'of all acceptable ones it rejects the lowest',
      [1, 2],
      'yy',
      { offset: 1.5, wronglyAccepted: 0, wronglyRejected: 1 },
    ],
  ])('%s', (...[, scores, acceptable, expected]) => {
    expect(fitScoreOffset(judged(scores, acceptable))).toEqual({ ...expected, sampleSize: scores.length });
  });

  it.each([
    [[], '', /two different scores/],
    [[1, 1], 'yn', /received 2 that are all alike/],
    [[1, Number.NaN], 'yn', /received NaN/],
    [[1, Infinity], 'yn', /received Infinity/],
  ])('%j is refused', (scores, acceptable, message) => {
    expect(() => fitScoreOffset(judged(scores, acceptable))).toThrow(message);
    expect(() => fitScoreOffset(judged(scores, acceptable))).toThrow(InvalidOptionError);
  });

  it('no other point between two scores has fewer errors, and it counts its own rightly (property)', () => {
    const labelled = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), acceptable: fc.boolean() }), {
      minLength: 2,
      maxLength: 25,
    });
    fc.assert(
      fc.property(labelled, (given) => {
        fc.pre(new Set(given.map(({ score }) => score)).size > 1);
        const { offset, wronglyAccepted, wronglyRejected } = fitScoreOffset(given);
        const errorsAt = (at: number): number =>
          given.filter(({ score, acceptable }) => score > at !== acceptable).length;
        expect(wronglyAccepted + wronglyRejected).toBe(errorsAt(offset));
        const [least, most] = [Math.min, Math.max].map((pick) => pick(...given.map(({ score }) => score)));
        for (let at = (least ?? 0) + 0.5; at < (most ?? 0); at += 1)
          expect(errorsAt(at)).toBeGreaterThanOrEqual(errorsAt(offset));
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe('withScoreOffset', () => {
  const verdicts: readonly Verdict[] = [
    { candidateId: 'a', status: 'tie', score: 3 },
    { candidateId: 'b', status: 'accept', score: 2, evidence: 'why' },
    { candidateId: 'c', status: 'abstain' },
    { candidateId: 'd', status: 'error', score: Number.NaN },
  ];
  const scorer: Scorer = { name: 'reward', basis: 'behaviour', score: async () => ({ verdicts, charges: [] }) };
  const input = { request: { messages: [] }, candidates: [] as readonly Candidate[], context: rootContext() };

  it('takes the offset from every score and accepts what is above 0', async () => {
    const moved = withScoreOffset(scorer, 2);
    expect([moved.name, moved.basis]).toEqual(['reward', 'behaviour']);
    expect(await moved.score(input)).toEqual({
      verdicts: [
        { candidateId: 'a', status: 'accept', score: 1 },
        { candidateId: 'b', status: 'reject', score: 0, evidence: 'why' },
        verdicts[2],
        verdicts[3],
      ],
      charges: [],
    });
  });

  it('an offset that is no number is refused', () => {
    expect(() => withScoreOffset(scorer, Number.NaN)).toThrow(InvalidOptionError);
  });
});
