import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flawedReasoningRate } from './flawed-reasoning-rate.ts';
import { type GradedVerdict, verifierErrors } from './verifier-errors.ts';

const repeat = (count: number, accepted: boolean, correct: boolean): readonly GradedVerdict[] =>
  Array.from({ length: count }, () => ({ accepted, correct }));

describe('verifierErrors', () => {
  it('tells three rates apart that go by one name', () => {
    const errors = verifierErrors([
      ...repeat(45, true, true),
      ...repeat(5, false, true),
      ...repeat(10, true, false),
      ...repeat(40, false, false),
    ]);
    expect(errors.falseAcceptRate).toMatchObject({ rate: 0.2, events: 10, of: 50 });
    expect(errors.falseDiscoveryRate).toMatchObject({ rate: 10 / 55, events: 10, of: 55 });
    expect(errors.soundness.rate).toBe(0.8);
    expect(errors.completeness.rate).toBe(0.9);
    expect(errors.falseAcceptRate.interval95.lower).toBeCloseTo(0.1124, 4);
    const graded = [
      ...Array.from({ length: 7 }, () => ({ answerCorrect: true, reasoningCorrect: true })),
      { answerCorrect: true, reasoningCorrect: false },
      { answerCorrect: false, reasoningCorrect: false },
    ];
    expect(flawedReasoningRate(graded)).toMatchObject({ rate: 0.125, events: 1, of: 8 });
  });

  it('leaves out what there was nothing to count among', () => {
    const errors = verifierErrors(repeat(3, false, true));
    expect(errors.falseAcceptRate).toEqual({ events: 0, of: 0, interval95: { lower: 0, upper: 1 } });
    expect(errors.falseDiscoveryRate).not.toHaveProperty('rate');
    expect(errors.completeness.rate).toBe(0);
    expect(verifierErrors([]).soundness).not.toHaveProperty('rate');
    expect(flawedReasoningRate([])).not.toHaveProperty('rate');
  });

  it('agrees with the form of the paper: s = (1 − p_base − p_plus + P(plus | base) p_base) / (1 − p_plus)', () => {
    const answers = fc.array(fc.record({ accepted: fc.boolean(), correct: fc.boolean() }), { minLength: 1 });
    fc.assert(
      fc.property(answers, (judged) => {
        const share = (test: (one: GradedVerdict) => boolean): number => judged.filter(test).length / judged.length;
        const base = share(({ accepted }) => accepted);
        const plus = share(({ correct }) => correct);
        const both = share(({ accepted, correct }) => accepted && correct);
        const { soundness, falseAcceptRate } = verifierErrors(judged);
        if (plus === 1) expect(soundness.rate).toBeUndefined();
        else {
          expect(soundness.rate).toBeCloseTo((1 - base - plus + both) / (1 - plus), 9);
          expect((soundness.rate ?? 0) + (falseAcceptRate.rate ?? 0)).toBeCloseTo(1, 12);
        }
      }),
      { seed: 46 },
    );
  });
});
