import { asGains, type RankedAnswer } from './ranked-answer.ts';
import { tieBlocks } from './tie-blocks.ts';

/**
 * 1 / rank of the first right answer, counted from 1; 0 where none is right. The mean over problems is the MRR.
 *
 * The expectation where ties are broken at random.
 *
 * @throws InvalidOptionError when a score is NaN.
 * @example
 * reciprocalRank([{ score: 0.9, correct: false }, { score: 0.8, correct: true }]); // 0.5
 */
export function reciprocalRank(answers: readonly RankedAnswer[]): number {
  let before = 0;
  for (const { size, gain: correct } of tieBlocks(asGains(answers))) {
    if (correct > 0) return firstOfBlock(before, size, correct);
    before += size;
  }
  return 0;
}

/** The expected reciprocal rank of the first right one of a block in random order. */
function firstOfBlock(before: number, size: number, correct: number): number {
  let chance = correct / size;
  let total = 0;
  for (let place = 1; place <= size - correct + 1; place += 1) {
    total += chance / (before + place);
    if (place < size) chance *= (size - correct - place + 1) / (size - place);
  }
  return total;
}
