import { asGains, type RankedAnswer } from './ranked-answer.ts';
import { tieBlocks } from './tie-blocks.ts';

/**
 * How often a score prefers the right answer of a right and a wrong one, a tie counting half. Range [0, 1]; one half is
 * chance. Over candidates of one problem: across problems it mostly measures which problems are easy.
 *
 * Undefined without a right and a wrong answer.
 *
 * @throws InvalidOptionError when a score is NaN.
 */
export function pairwiseAccuracy(answers: readonly RankedAnswer[]): number | undefined {
  let rightAbove = 0;
  let wrongSeen = 0;
  let preferred = 0;
  for (const { size, gain: right } of tieBlocks(asGains(answers))) {
    const wrong = size - right;
    preferred += wrong * (rightAbove + right / 2);
    rightAbove += right;
    wrongSeen += wrong;
  }
  const pairs = rightAbove * wrongSeen;
  return pairs === 0 ? undefined : preferred / pairs;
}
