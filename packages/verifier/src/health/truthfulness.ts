import { InvalidOptionError } from '@tollgate/sdk';

/** How an answer came out. */
export type TruthOutcome = 'correct' | 'abstained' | 'wrong';

/** What outcomes are worth. All in [0, ∞). */
export interface TruthWeights {
  /** @defaultValue 1 */
  readonly correct?: number;
  /** @defaultValue 0 */
  readonly abstained?: number;
  /** What a wrong answer costs; the `falseAcceptCost` of `resamplingValue`. @defaultValue 1 */
  readonly wrong?: number;
}

/** Shares of the three outcomes, which add up to 1, and their worth. */
export interface Truthfulness {
  /** weights.correct · accuracy + weights.abstained · abstention − weights.wrong · hallucination. */
  readonly truthfulness: number;
  readonly accuracy: number;
  readonly abstention: number;
  readonly hallucination: number;
}

// Source: TruthRL (arXiv 2509.25760). Rule: T = w1 · Acc + w2 · Unc − w3 · Hall, (1, 0, 1) for evaluation.
/**
 * Accuracy that counts wrong answers against right ones, so that knowing when to abstain pays. Grade by meaning: by equal
 * strings right answers in other words count as wrong, and a model that always abstains looks best.
 *
 * @throws InvalidOptionError when there is no outcome or a weight is negative or not finite.
 * @example
 * truthfulness(['correct', 'correct', 'abstained', 'wrong']).truthfulness; // 0.25
 */
export function truthfulness(outcomes: readonly TruthOutcome[], weights: TruthWeights = {}): Truthfulness {
  const { correct = 1, abstained = 0, wrong = 1 } = weights;
  for (const [name, weight] of Object.entries({ correct, abstained, wrong })) {
    if (weight >= 0 && weight < Infinity) continue;
    throw new InvalidOptionError(`weights.${name}`, `weights.${name} must be a number in [0, ∞), received ${weight}.`);
  }
  if (outcomes.length === 0) {
    throw new InvalidOptionError('outcomes', 'outcomes must hold at least one, received none.');
  }
  const share = (wanted: TruthOutcome): number =>
    outcomes.filter((outcome) => outcome === wanted).length / outcomes.length;
  const accuracy = share('correct');
  const abstention = share('abstained');
  const hallucination = share('wrong');
  return {
    truthfulness: correct * accuracy + abstained * abstention - wrong * hallucination,
    accuracy,
    abstention,
    hallucination,
  };
}
