import { InvalidOptionError, type JsonValue, type RandomSource, type StrategyMemory } from '@tollgate/sdk';
import type { CascadeState } from '../strategies/cascade.ts';
import { nanoOf } from '../learning/nano-of.ts';
import { type ShadowedRun, type TunedThresholds, tuneThresholds } from './tune-thresholds.ts';

/** Options of `onlineThresholds`. */
export interface OnlineThresholdsOptions {
  /** Thresholds to begin with, one for each stage before the last; Infinity never accepts. */
  readonly thresholds: readonly number[];
  /** Chance, injected. */
  readonly random: RandomSource;
  /** Share of requests that run through all stages, to see what the last one would have said. Range (0, 1]. @defaultValue 0.1 */
  readonly shadow?: number;
  /** Share of requests that may end with another answer than the last stage's. Range [0, 1). @defaultValue 0.01 */
  readonly accuracyLoss?: number;
  /** Shadowed runs that thresholds are tuned on, the last ones. Range [20, ∞). @defaultValue 200 */
  readonly window?: number;
}

/** Thresholds that follow the traffic. */
export interface OnlineThresholds extends StrategyMemory<CascadeState> {
  /** What is in force now. */
  readonly thresholds: readonly number[];
  /** Shadowed runs, tunings and back-offs so far. */
  report(): {
    readonly shadowed: number;
    readonly tunings: number;
    readonly backOffs: number;
    readonly last?: TunedThresholds;
  };
}

/** Runs between two tunings. */
const tuneEvery = 20;
/** Tuned to a tenth of what is promised: what was seen is always better than what comes. */
const tuningShare = 0.1;

/**
 * The memory of a cascade whose thresholds are tuned while it serves: a share of requests runs through all stages (and is
 * charged for it), thresholds are chosen by replay of the last of these, and a stage whose accepted answers disagree with the
 * last stage more often than allowed is closed until it agrees again.
 *
 * What it holds to is agreement with the last stage, not truth.
 *
 * @throws InvalidOptionError when an option is outside its range.
 *
 * @example
 * const memory = onlineThresholds({ thresholds: [0.9], random: createRandom('app') });
 * const model = cascade([small, big], { confidence: meanProbability(), accept: 0.9, memory });
 */
// Source: Apparate, arXiv 2312.05385: promise 1 %, tune to 0.01 %, back off on violation. Differs: inputs run to the end on a share
// of requests instead of all; see `tuneThresholds`.
export function onlineThresholds(options: OnlineThresholdsOptions): OnlineThresholds {
  const { random, shadow = 0.1, accuracyLoss = 0.01, window = 200 } = options;
  if (!(shadow > 0 && shadow <= 1))
    throw new InvalidOptionError('shadow', `shadow must be in (0, 1], received ${shadow}.`);
  if (!(accuracyLoss >= 0 && accuracyLoss < 1)) {
    throw new InvalidOptionError('accuracyLoss', `accuracyLoss must be in [0, 1), received ${accuracyLoss}.`);
  }
  if (!(window >= 20)) throw new InvalidOptionError('window', `window must be at least 20 runs, received ${window}.`);
  let { thresholds } = options;
  let last: TunedThresholds | undefined;
  const counts = { shadowed: 0, tunings: 0, backOffs: 0 };
  const runs: ShadowedRun[] = [];
  const costs = Array.from({ length: thresholds.length + 1 }, () => ({ usd: 0, count: 0 }));
  const tune = (): void => {
    const closed = violating(runs, thresholds, accuracyLoss);
    counts.backOffs += closed.length;
    counts.tunings += 1;
    last = tuneThresholds(runs, { costs: upTo(costs), accuracyLoss: accuracyLoss * tuningShare, closed });
    thresholds = last.thresholds;
  };
  return {
    get thresholds() {
      return thresholds;
    },
    recall: (): JsonValue => ({
      // Infinity has no JSON: null stands for a stage that may not accept.
      thresholds: thresholds.map((threshold) => (Number.isFinite(threshold) ? threshold : null)),
      ...(random.next() < shadow && { shadow: true }),
    }),
    learn: ({ state, result }) => {
      for (const { from, ids } of state.seen ?? []) {
        const cost = costs[from];
        const charges = result.charges.filter(({ candidateIds }) => candidateIds.some((id) => ids.includes(id)));
        if (cost === undefined || charges.length === 0) continue;
        cost.count += 1;
        cost.usd += charges.reduce(
          (sum, charge) => sum + (charge.cost === undefined ? 0 : nanoOf(charge.cost) / 1e9),
          0,
        );
      }
      const shadowed = shadowedRun(state);
      if (shadowed === undefined) return;
      counts.shadowed += 1;
      runs.push(shadowed);
      if (runs.length > window) runs.shift();
      if (runs.length >= 20 && counts.shadowed % tuneEvery === 0) tune();
    },
    report: () => ({ ...counts, ...(last !== undefined && { last }) }),
  };
}

/** Stages whose accepted answers were not the last stage's too often, over the last runs. */
function violating(
  runs: readonly ShadowedRun[],
  thresholds: readonly number[],
  accuracyLoss: number,
): readonly number[] {
  return thresholds.flatMap((threshold, stage) => {
    const accepted = runs.filter(({ confidences }) => (confidences[stage] ?? Number.NEGATIVE_INFINITY) >= threshold);
    const wrong = accepted.filter(({ agrees }) => agrees[stage] !== true).length;
    return wrong >= 2 && wrong / runs.length > accuracyLoss ? [stage] : [];
  });
}

function shadowedRun({ seen, stages }: CascadeState): ShadowedRun | undefined {
  const final = seen?.find(({ from }) => from === stages - 1);
  if (seen === undefined || seen.length !== stages || final?.answer === undefined) return undefined;
  const before = seen.slice(0, -1);
  return {
    confidences: before.map(({ confidence }) => confidence),
    agrees: before.map(({ answer }) => answer === final.answer),
  };
}

/** Mean cost of ending at each stage; where nothing has a price, one for each stage asked. */
function upTo(costs: readonly { readonly usd: number; readonly count: number }[]): readonly number[] {
  const isPriced = costs.some(({ usd }) => usd > 0);
  let sum = 0;
  return costs.map(({ usd, count }) => (sum += isPriced ? usd / Math.max(1, count) : 1));
}
