/** A request that ran through every stage of a cascade. */
export interface ShadowedRun {
  /** Confidence of each stage before the last; absent where it had none. */
  readonly confidences: readonly (number | undefined)[];
  /** Whether the answer of each stage before the last was the last stage's. */
  readonly agrees: readonly boolean[];
}

/** Thresholds and what they would have done. */
export interface TunedThresholds {
  /** Accept at a stage where confidence ≥ this; Infinity where it never should. */
  readonly thresholds: readonly number[];
  /** Share of requests that end with the last stage's answer. Range [0, 1]. */
  readonly agreement: number;
  /** Mean cost of a request, in the unit of the costs. */
  readonly cost: number;
  /** Share of requests that end at each stage. */
  readonly exits: readonly number[];
}

/** The stage at which a run ends: the first whose confidence is at least its threshold, else the last. */
export function exitOf({ confidences }: ShadowedRun, thresholds: readonly number[]): number {
  for (const [stage, threshold] of thresholds.entries()) {
    if ((confidences[stage] ?? -Infinity) >= threshold) return stage;
  }
  return thresholds.length;
}

/** Whether a run that ends at a stage ends with another answer than the last stage's. */
export function isWrongAt({ agrees }: ShadowedRun, stage: number): boolean {
  return stage < agrees.length && agrees[stage] !== true;
}

/**
 * What thresholds would have done on runs whose every stage is known.
 *
 * @param costs Cost of a request that ends at each stage, the stages before it included.
 */
export function replayThresholds(
  runs: readonly ShadowedRun[],
  costs: readonly number[],
  thresholds: readonly number[],
): TunedThresholds {
  const exits = costs.map(() => 0);
  let wrong = 0;
  let cost = 0;
  for (const run of runs) {
    const stage = exitOf(run, thresholds);
    exits[stage] = (exits[stage] ?? 0) + 1;
    cost += costs[stage] ?? 0;
    if (isWrongAt(run, stage)) wrong += 1;
  }
  const total = Math.max(1, runs.length);
  return { thresholds, agreement: 1 - wrong / total, cost: cost / total, exits: exits.map((count) => count / total) };
}
