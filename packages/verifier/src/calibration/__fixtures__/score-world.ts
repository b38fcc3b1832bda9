import type { Random } from '@tollgate/stats';
import type { LabelledScore } from '../labelled-score.ts';

/** Answers whose scores lie evenly in [from, to], or are all `to` where both are equal. */
export interface Cell {
  readonly from: number;
  readonly to: number;
  /** Share of the answers. The shares of all cells add up to 1. */
  readonly share: number;
  /** Share of its answers that are wrong. */
  readonly error: number;
}

/** A world of which everything is known. */
export type ScoreWorld = readonly Cell[];

/** The error falls evenly as the score rises. */
export const informative: ScoreWorld = Array.from({ length: 40 }, (_, i) => ({
  from: i / 40,
  to: (i + 1) / 40,
  share: 1 / 40,
  error: 0.5 * (1 - (i + 0.5) / 40),
}));

/** The very best scores are overconfident, those below them good. */
export const overconfident: ScoreWorld = [
  { from: 0, to: 0.3, share: 0.3, error: 0.6 },
  { from: 0.3, to: 0.7, share: 0.4, error: 0.11 },
  { from: 0.7, to: 0.9, share: 0.2, error: 0.04 },
  { from: 0.9, to: 1, share: 0.1, error: 0.25 },
];

/** Shares of five votes: few distinct scores. */
export const votes: ScoreWorld = [0.5, 0.3, 0.1, 0.04, 0.02].map((error, i) => {
  const score = (i + 1) / 5;
  return { from: score, to: score, share: 0.2, error };
});

/** The score says nothing, and errors are just more frequent than promised. */
export const useless = (error: number): ScoreWorld => [{ from: 0, to: 1, share: 1, error }];

export function drawLabels(world: ScoreWorld, count: number, random: Random): readonly LabelledScore[] {
  return Array.from({ length: count }, () => {
    let rest = random.next();
    const cell = world.find(({ share }) => (rest -= share) < 0) ?? world.at(-1);
    if (cell === undefined) throw new Error('The world is empty.');
    return {
      score: cell.from + (cell.to - cell.from) * random.next(),
      correct: random.next() >= cell.error,
    };
  });
}

/** True rates at a threshold. */
export function trueRates(
  world: ScoreWorld,
  threshold: number,
): { readonly falseDiscoveryRate: number; readonly falseAcceptRate: number } {
  let [accepted, acceptedWrong, wrong] = [0, 0, 0];
  for (const { from, to, share, error } of world) {
    const part = from === to ? Number(to >= threshold) : Math.min(1, Math.max(0, (to - threshold) / (to - from)));
    accepted += part * share;
    acceptedWrong += part * share * error;
    wrong += share * error;
  }
  return { falseDiscoveryRate: acceptedWrong / accepted, falseAcceptRate: acceptedWrong / wrong };
}
