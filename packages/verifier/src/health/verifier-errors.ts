import { type MeasuredRate, measuredRate } from './measured-rate.ts';

/** An answer that a verifier judged and that was graded independently. */
export interface GradedVerdict {
  readonly accepted: boolean;
  readonly correct: boolean;
}

/** How a verifier errs. What others call a false positive rate is the first or the second, or something else: see `flawedReasoningRate`. */
export interface VerifierErrors {
  /** P(accepted | wrong). Does not depend on how many answers are right. */
  readonly falseAcceptRate: MeasuredRate;
  /** P(wrong | accepted): what a user sees, and what caps accuracy. Depends on how many answers are right. */
  readonly falseDiscoveryRate: MeasuredRate;
  /** P(rejected | wrong) = 1 − falseAcceptRate. */
  readonly soundness: MeasuredRate;
  /** P(accepted | right). */
  readonly completeness: MeasuredRate;
}

// Source: "Inference Scaling fLaws" (arXiv 2411.17501): accepted by the weak tests, right by the strong ones.
/**
 * The errors of a verifier on graded answers. Intervals take the answers as independent: of many samples of few tasks they
 * are too narrow.
 *
 * @example
 * verifierErrors(samples.map(({ base, plus }) => ({ accepted: base, correct: plus }))).soundness.rate;
 */
export function verifierErrors(judged: readonly GradedVerdict[]): VerifierErrors {
  const count = (accepted: boolean, correct: boolean): number =>
    judged.filter((answer) => answer.accepted === accepted && answer.correct === correct).length;
  const rightAccepted = count(true, true);
  const wrongAccepted = count(true, false);
  const wrongRejected = count(false, false);
  const wrong = wrongAccepted + wrongRejected;
  return {
    falseAcceptRate: measuredRate(wrongAccepted, wrong),
    falseDiscoveryRate: measuredRate(wrongAccepted, wrongAccepted + rightAccepted),
    soundness: measuredRate(wrongRejected, wrong),
    completeness: measuredRate(rightAccepted, rightAccepted + count(false, true)),
  };
}
