import { InvalidOptionError } from '@tollgate/sdk';

/** A request that ran through every stage of a cascade. */
export interface ShadowedRun {
  /** Confidence of each stage before the last; absent where it had none. */
  readonly confidences: readonly (number | undefined)[];
  /** Whether the stage's answer was the last stage's. */
  readonly agrees: readonly boolean[];
}

/** Options of `tuneThresholds`. */
export interface TuneOptions {
  /** Cost of a request that ends at each stage, the stages before it included; the last stage's is the last entry. */
  readonly costs: readonly number[];
  /** Share of requests that may end at an answer the last stage would not have given. Range [0, 1). */
  readonly accuracyLoss: number;
  /** Where a stage is not allowed to accept. @defaultValue none */
  readonly closed?: readonly number[];
}

/** Thresholds and what they would have done. */
export interface TunedThresholds {
  /** Accept at a stage where confidence ≥ this; Infinity where it never should. */
  readonly thresholds: readonly number[];
  /** Share of requests that end with the last stage's answer. */
  readonly agreement: number;
  /** Mean cost of a request. */
  readonly cost: number;
  /** Share of requests that end at each stage. */
  readonly exits: readonly number[];
}

/** Combinations that are tried exactly. */
const exactLimit = 20_000;

/**
 * The thresholds with which a cascade would have been cheapest on these runs, within the loss of agreement that is allowed.
 * Up to two thresholds (three stages) are searched exactly, over every confidence that was observed; more are searched one
 * after the other until none improves.
 *
 * @throws InvalidOptionError when there are no runs, or costs for another number of stages.
 */
// Source: Apparate, arXiv 2312.05385: thresholds re-tuned by replay of runs whose every exit is known. Differs: an exact grid in
// place of the greedy search, which stops at 66.6 % on the worked example where 72.8 % can be had.
export function tuneThresholds(runs: readonly ShadowedRun[], options: TuneOptions): TunedThresholds {
  const stages = options.costs.length - 1;
  const [first] = runs;
  if (first === undefined || first.confidences.length !== stages) {
    throw new InvalidOptionError(
      'runs',
      `There must be runs with one confidence for each of the ${stages} stages before the last, received ${first === undefined ? 'no run' : `${first.confidences.length} confidences`}.`,
    );
  }
  const grids = Array.from({ length: stages }, (_, stage) => gridOf(runs, stage, options.closed ?? []));
  const combinations = grids.reduce((product, grid) => product * grid.length, 1);
  const never = grids.map(() => Number.POSITIVE_INFINITY);
  const search = new Search(runs, options);
  search.tryOut(never);
  if (stages <= 2 || combinations <= exactLimit) search.exact(grids, []);
  else search.coordinates(grids, never);
  return search.best;
}

class Search {
  best: TunedThresholds;
  readonly #runs: readonly ShadowedRun[];
  readonly #options: TuneOptions;

  constructor(runs: readonly ShadowedRun[], options: TuneOptions) {
    this.#runs = runs;
    this.#options = options;
    this.best = replayThresholds(
      runs,
      options.costs,
      options.costs.slice(1).map(() => Number.POSITIVE_INFINITY),
    );
  }

  exact(grids: readonly (readonly number[])[], chosen: readonly number[]): void {
    const grid = grids[chosen.length];
    if (grid === undefined) this.tryOut(chosen);
    else for (const threshold of grid) this.exact(grids, [...chosen, threshold]);
  }

  coordinates(grids: readonly (readonly number[])[], start: readonly number[]): void {
    let current = start;
    for (let improved = true; improved; ) {
      improved = false;
      for (const [stage, grid] of grids.entries()) {
        for (const threshold of grid) {
          const next = current.map((value, i) => (i === stage ? threshold : value));
          if (this.tryOut(next)) improved = true;
        }
        current = this.best.thresholds;
      }
    }
  }

  /** Whether these are better than the best so far. */
  tryOut(thresholds: readonly number[]): boolean {
    const tried = replayThresholds(this.#runs, this.#options.costs, thresholds);
    const { cost, agreement } = this.best;
    if (1 - tried.agreement > this.#options.accuracyLoss + 1e-12) return false;
    if (tried.cost > cost - 1e-12 && !(tried.cost < cost + 1e-12 && tried.agreement > agreement + 1e-12)) return false;
    this.best = tried;
    return true;
  }
}

/** What thresholds would have done on runs whose every stage is known. */
export function replayThresholds(
  runs: readonly ShadowedRun[],
  costs: readonly number[],
  thresholds: readonly number[],
): TunedThresholds {
  const exits = costs.map(() => 0);
  let agreeing = 0;
  let cost = 0;
  for (const { confidences, agrees } of runs) {
    const stage = thresholds.findIndex((threshold, i) => (confidences[i] ?? Number.NEGATIVE_INFINITY) >= threshold);
    const at = stage < 0 ? costs.length - 1 : stage;
    exits[at] = (exits[at] ?? 0) + 1;
    cost += costs[at] ?? 0;
    if (stage < 0 || agrees[stage] === true) agreeing += 1;
  }
  const total = Math.max(1, runs.length);
  return { thresholds, agreement: agreeing / total, cost: cost / total, exits: exits.map((count) => count / total) };
}

function gridOf(runs: readonly ShadowedRun[], stage: number, closed: readonly number[]): readonly number[] {
  if (closed.includes(stage)) return [Number.POSITIVE_INFINITY];
  const seen = new Set(runs.flatMap(({ confidences }) => confidences[stage] ?? []));
  return [Number.POSITIVE_INFINITY, ...seen].toSorted((a, b) => b - a);
}
