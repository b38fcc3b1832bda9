import { type MeasuredRate, measuredRate } from './measured-rate.ts';

/** An answer whose final result and whose reasoning were graded apart. */
export interface GradedReasoning {
  readonly answerCorrect: boolean;
  readonly reasoningCorrect: boolean;
}

// Source: "Smaller, Weaker, Yet Better" (arXiv 2408.16737), where it is called false positive rate.
/** P(reasoning wrong | final answer right): how often a right answer was found by accident. */
export function flawedReasoningRate(graded: readonly GradedReasoning[]): MeasuredRate {
  const right = graded.filter(({ answerCorrect }) => answerCorrect);
  return measuredRate(right.filter(({ reasoningCorrect }) => !reasoningCorrect).length, right.length);
}
