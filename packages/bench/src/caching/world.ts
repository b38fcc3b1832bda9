import { createRandom, type Random } from '@tollgate/stats';

/** What a run of the synthetic family is made with. */
export interface Setting {
  /** How evenly queries come: index = ⌊queries · U^(1/α)⌋. Range (0, 1]; 1 is even. */
  readonly alpha: number;
  /** What a failure of a model costs, where an answer costs 1. */
  readonly ratio: number;
  /** Chance that a selector with foresight takes the cheaper model. Range [0, 1]. */
  readonly accuracy: number;
}

/** A cache, two models and their queries. */
export interface World {
  /** Chance of each query. */
  readonly chances: readonly number[];
  /** Expected cost of each query on the first and on the second model. */
  readonly costs: readonly (readonly [number, number])[];
  /** The query of each round. */
  readonly arrivals: readonly number[];
  readonly random: Random;
}

/** Sizes of the published family. */
export const queries = 20;
export const places = 8;
export const rounds = 10_000;

/** Draws a world: a cost of 1, and `ratio` more with a chance of a half, for each query and each model on its own. */
// Source: arXiv 2306.02003, section 5.1 and the authors' code.
export function drawWorld({ alpha, ratio }: Setting, seed: number): World {
  const random = createRandom(seed);
  const cost = (): number => 1 + (random.next() < 0.5 ? ratio : 0);
  return {
    chances: Array.from({ length: queries }, (_, i) => ((i + 1) / queries) ** alpha - (i / queries) ** alpha),
    costs: Array.from({ length: queries }, () => [cost(), cost()] as const),
    arrivals: Array.from({ length: rounds }, () => Math.floor(queries * random.next() ** (1 / alpha))),
    random: random.fork('noise'),
  };
}
