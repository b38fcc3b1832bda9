import { InvalidOptionError } from '@tollgate/sdk';
import { requireRate } from './require-rate.ts';

/** An answer with a stated confidence, and whether it is right. */
export interface ConfidentAnswer {
  /** Range [0, 1]. */
  readonly confidence: number;
  readonly correct: boolean;
  /** How much it counts. Range (0, ∞). @defaultValue 1 */
  readonly weight?: number;
}

/** How far stated confidence is from what happens. 0 is best. */
export interface CalibrationErrors {
  /** ECE: mean distance of confidence and accuracy over ten equal bins. Range [0, 1]. Blind to whether confidence tells answers apart. */
  readonly expectedCalibrationError: number;
  /** Mean squared distance of confidence and outcome. Range [0, 1]; 0.25 for a constant one half. */
  readonly brierScore: number;
  /** Mean negative log-likelihood, in nats; confidence is kept 1e-6 away from 0 and 1. */
  readonly negativeLogLikelihood: number;
}

const BINS = 10;
const CLIP = 1e-6;

// Source: WNJXYK/RPC, metrics of the authors' code. Rule: bins are (lower, upper]; a confidence of 0 is in the first.
/**
 * Calibration of confidences on graded answers. With several answers to each question pass `topAnswers` of each.
 *
 * @throws InvalidOptionError when there is no answer, or a confidence or weight is outside its range.
 */
export function calibrationErrors(answers: readonly ConfidentAnswer[]): CalibrationErrors {
  if (answers.length === 0) throw new InvalidOptionError('answers', 'answers must hold at least one, received none.');
  const gaps = new Float64Array(BINS);
  let total = 0;
  let squares = 0;
  let surprise = 0;
  for (const [i, { confidence, correct, weight = 1 }] of answers.entries()) {
    requireRate(`answers[${i}].confidence`, confidence);
    if (!(weight > 0 && weight < Infinity)) {
      throw new InvalidOptionError(
        `answers[${i}].weight`,
        `answers[${i}].weight must be in (0, ∞), received ${weight}.`,
      );
    }
    const outcome = Number(correct);
    const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
    gaps[bin] = (gaps[bin] ?? 0) + weight * (outcome - confidence);
    total += weight;
    squares += weight * (outcome - confidence) ** 2;
    const kept = Math.min(1 - CLIP, Math.max(CLIP, confidence));
    surprise -= weight * Math.log(correct ? kept : 1 - kept);
  }
  return {
    expectedCalibrationError: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total,
    brierScore: squares / total,
    negativeLogLikelihood: surprise / total,
  };
}

/**
 * The answers to one question that have its highest confidence, sharing a weight of 1.
 *
 * @throws InvalidOptionError when a confidence is outside its range.
 */
export function topAnswers(answers: readonly ConfidentAnswer[]): readonly ConfidentAnswer[] {
  for (const [i, { confidence }] of answers.entries()) requireRate(`answers[${i}].confidence`, confidence);
  const highest = answers.reduce((most, { confidence }) => Math.max(most, confidence), 0);
  const top = answers.filter(({ confidence }) => confidence === highest);
  return top.map(({ confidence, correct }) => ({ confidence, correct, weight: 1 / top.length }));
}
