import { InvalidOptionError, type Scorer, type Verdict } from '@tollgate/sdk';

/** A score of an answer that somebody judged. */
export interface JudgedScore {
  readonly score: number;
  readonly acceptable: boolean;
}

/** Where a scorer's scale divides acceptable from unacceptable answers. Plain JSON. */
export interface ScoreOffset {
  /** To be taken from every score: what is left is above 0 for acceptable answers. */
  readonly offset: number;
  /** Labelled scores that it was chosen on. */
  readonly sampleSize: number;
  /** Unacceptable ones of them above the offset. */
  readonly wronglyAccepted: number;
  /** Acceptable ones of them that are not. */
  readonly wronglyRejected: number;
}

/**
 * The point of a scorer's scale that divides acceptable from unacceptable answers with the fewest errors, half way between two
 * neighbouring scores; the higher one on a tie.
 *
 * It chooses on the answers that it counts errors on, so it promises nothing: for a bound that holds, use `calibrate` of
 * `@tollgate/verifier`.
 *
 * @throws InvalidOptionError when a score is not finite, or all of them are equal.
 *
 * @example
 * const { offset } = fitScoreOffset(labelled);
 * bestOfMiniN(model, { scorer: withScoreOffset(reward, offset), miniN: 2, total: 8 });
 */
// Source: the outside option of arXiv 2510.04087: a reward above 0 means acceptable.
export function fitScoreOffset(labelled: readonly JudgedScore[]): ScoreOffset {
  const odd = labelled.find(({ score }) => !Number.isFinite(score));
  if (odd !== undefined) {
    throw new InvalidOptionError('labelled', `Every score must be a finite number, received ${odd.score}.`);
  }
  const highestFirst = labelled.toSorted((a, b) => b.score - a.score);
  let best: ScoreOffset | undefined;
  let wronglyAccepted = 0;
  let wronglyRejected = labelled.filter(({ acceptable }) => acceptable).length;
  for (const [i, { score, acceptable }] of highestFirst.entries()) {
    if (acceptable) wronglyRejected -= 1;
    else wronglyAccepted += 1;
    const below = highestFirst[i + 1]?.score ?? score;
    if (below === score) continue;
    const fewest = best === undefined ? Infinity : best.wronglyAccepted + best.wronglyRejected;
    if (wronglyAccepted + wronglyRejected >= fewest) continue;
    best = { offset: below + (score - below) / 2, sampleSize: labelled.length, wronglyAccepted, wronglyRejected };
  }
  if (best !== undefined) return best;
  throw new InvalidOptionError(
    'labelled',
    `It takes two different scores to divide between, received ${labelled.length} that are all alike.`,
  );
}

/**
 * The same scorer on a scale whose 0 divides: the offset is taken from every score, and what is above 0 is accepted, the rest
 * rejected. Verdicts without a score stay as they are.
 *
 * @throws InvalidOptionError when `offset` is not finite.
 */
export function withScoreOffset(scorer: Scorer, offset: number): Scorer {
  if (!Number.isFinite(offset)) {
    throw new InvalidOptionError('offset', `offset must be a finite number, received ${offset}.`);
  }
  const moved = (verdict: Verdict): Verdict => {
    if (verdict.score === undefined || Number.isNaN(verdict.score)) return verdict;
    const score = verdict.score - offset;
    return { ...verdict, score, status: score > 0 ? 'accept' : 'reject' };
  };
  const { name, basis, oracle } = scorer;
  return {
    name,
    ...(basis !== undefined && { basis }),
    ...(oracle !== undefined && { oracle }),
    score: async (input) => {
      const { verdicts, charges } = await scorer.score(input);
      return { verdicts: verdicts.map(moved), charges };
    },
  };
}
