import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationErrors, topAnswers } from './calibration-errors.ts';

describe('calibrationErrors', () => {
  it('bins confidences, lower end excluded', () => {
    // (0.7, 0.8]: two answers, mean 0.775, half right. (0.8, 0.9]: one, wrong. (0, 0.1]: one, right.
    const errors = calibrationErrors([
      { confidence: 0.75, correct: true },
      { confidence: 0.8, correct: false },
      { confidence: 0.9, correct: false },
      { confidence: 0, correct: true },
    ]);
    expect(errors.expectedCalibrationError).toBeCloseTo((0.55 + 0.9 + 1) / 4, 12);
    expect(errors.brierScore).toBeCloseTo((0.0625 + 0.64 + 0.81 + 1) / 4, 12);
    const nats = -(Math.log(0.75) + Math.log(0.2) + Math.log(0.1) + Math.log(1e-6));
    expect(errors.negativeLogLikelihood).toBeCloseTo(nats / 4, 6);
  });

  it('are nearly 0 for confidences that are frequencies, and not for louder ones', () => {
    const random = createRandom('frequencies');
    const answers = Array.from({ length: 20_000 }, () => {
      const confidence = random.next();
      return { confidence, correct: random.next() < confidence };
    });
    const honest = calibrationErrors(answers);
    expect(honest.expectedCalibrationError).toBeLessThan(0.012);
    expect(honest.brierScore).toBeCloseTo(1 / 6, 2);
    const loud = calibrationErrors(answers.map((one) => ({ ...one, confidence: Math.sqrt(one.confidence) })));
    expect(loud.expectedCalibrationError).toBeGreaterThan(0.1);
    expect(loud.negativeLogLikelihood).toBeGreaterThan(honest.negativeLogLikelihood);
  });

  it('count weights as so many answers', () => {
    const answers = fc.array(
      fc.record({
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        correct: fc.boolean(),
        weight: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(answers, (list) => {
        const weighted = calibrationErrors(list);
        const listed = list.flatMap(({ confidence, correct, weight }) =>
          Array.from({ length: weight }, () => ({ confidence, correct })),
        );
        const plain = calibrationErrors(listed);
        expect(weighted.expectedCalibrationError).toBeCloseTo(plain.expectedCalibrationError, 10);
        expect(weighted.brierScore).toBeCloseTo(plain.brierScore, 10);
        expect(weighted.negativeLogLikelihood).toBeCloseTo(plain.negativeLogLikelihood, 8);
        expect(weighted.expectedCalibrationError).toBeLessThanOrEqual(1);
      }),
      { seed: 48 },
    );
  });

  it('take the most confident answers of a question, which share its weight', () => {
    const question = [
      { confidence: 0.4, correct: true },
      { confidence: 0.4, correct: false },
      { confidence: 0.2, correct: false },
    ];
    expect(topAnswers(question)).toEqual([
      { confidence: 0.4, correct: true, weight: 0.5 },
      { confidence: 0.4, correct: false, weight: 0.5 },
    ]);
    expect(calibrationErrors(topAnswers(question)).expectedCalibrationError).toBeCloseTo(0.1, 12);
    expect(topAnswers([])).toEqual([]);
  });

  it('refuse percentages, weights of nothing and no answers', () => {
    expect(() => calibrationErrors([])).toThrow(/^answers must hold at least one/);
    expect(() => calibrationErrors([{ confidence: 80, correct: true }])).toThrow(
      /^answers\[0\]\.confidence must be in \[0, 1\]/,
    );
    expect(() => calibrationErrors([{ confidence: 0.8, correct: true, weight: 0 }])).toThrow(
      /^answers\[0\]\.weight must be/,
    );
    expect(() => topAnswers([{ confidence: NaN, correct: true }])).toThrow(/^answers\[0\]\.confidence/);
  });
});
