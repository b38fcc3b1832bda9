import { chanceByRank, type RankedAnswer } from './ranked-answer.ts';

// Source: SprocketLab/orm-code-verifier. Rule: (right ones within the first c places) / c, c the number of right ones.
/**
 * How much of the head of a ranking is right: 1 where every right answer stands before every wrong one. Range [0, 1].
 *
 * The expectation where ties are broken at random. Undefined where no answer is right.
 *
 * @throws InvalidOptionError when a score is NaN.
 */
export function rankingScore(answers: readonly RankedAnswer[]): number | undefined {
  const correct = answers.filter((answer) => answer.correct).length;
  if (correct === 0) return undefined;
  return (
    chanceByRank(answers)
      .slice(0, correct)
      .reduce((total, chance) => total + chance, 0) / correct
  );
}
