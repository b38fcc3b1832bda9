import { InvalidOptionError, type JsonValue, type RandomSource, type StrategyMemory } from '@tollgate/sdk';
import { binomialAtMost } from '@tollgate/stats';
import { drawUsd } from '../learning/draw-usd.ts';
import type { CascadeState } from '../strategies/cascade-state.ts';
import { exitOf, isWrongAt, type ShadowedRun, type TunedThresholds } from './replay-thresholds.ts';
import { tuneThresholds } from './tune-thresholds.ts';

/** Options of `onlineThresholds`. */
export interface OnlineThresholdsOptions {
  /** Thresholds to begin with, one for each stage before the last. Range (−∞, ∞]; Infinity never accepts. */
  readonly thresholds: readonly number[];
  /** Chance, injected. */
  readonly random: RandomSource;
  /** Share of requests that run through all stages, to see what the last one would have said. Range (0, 1]. @defaultValue 0.1 */
  readonly shadow?: number;
  /** Share of requests that may end with another answer than the last stage's. Range (0, 1). @defaultValue 0.01 */
  readonly accuracyLoss?: number;
  /**
   * Shadowed runs that thresholds are tuned on, the last ones. Range [thresholds / accuracyLoss − 1, ∞).
   * @defaultValue 200, or twice the least where that is more
   */
  readonly window?: number;
}

/** What has become of thresholds so far. */
export interface OnlineReport {
  readonly shadowed: number;
  readonly tunings: number;
  readonly backOffs: number;
  /** The last tuning. */
  readonly last?: TunedThresholds;
}

/** Thresholds that follow the traffic. */
export interface OnlineThresholds extends StrategyMemory<CascadeState> {
  /** What is in force now; Infinity never accepts. */
  readonly thresholds: readonly number[];
  report(): OnlineReport;
}

/** Shadowed runs between two tunings. */
const tuneEvery = 20;
/** Disagreement that a kept promise would show less often than this is a broken one. */
const alarmLevel = 0.01;

/**
 * The memory of a cascade whose thresholds are tuned while it serves: a share of requests runs through all stages (and is
 * charged for it), and thresholds are chosen by replay of the last of these, as low as
 * (disagreements + thresholds) / (runs + 1) ≤ `accuracyLoss` allows. While the traffic does not change, the expected loss is
 * then within `accuracyLoss`: for one threshold that is proved, for more it was seen in simulations.
 *
 * Where the shadowed runs since the last tuning show more disagreement than the promise explains, the stages at fault are
 * closed, what was seen before no longer counts, and nothing is tuned until enough was seen anew. Thresholds given at the
 * beginning stand until then as well: `thresholds / accuracyLoss − 1` shadowed runs.
 *
 * What it holds to is agreement with the last stage, not truth. Stages need a number as confidence, so not `verdict()`, and
 * answers that can be equal: give the cascade an `answer` key.
 *
 * @throws InvalidOptionError when an option is outside its range.
 *
 * @example
 * const memory = onlineThresholds({ thresholds: [0.9], random: createRandom('app') });
 * const model = cascade([small, big], { confidence: meanProbability(), accept: 0.9, answer: finalNumber(), memory });
 */
// Source: Apparate, arXiv 2312.05385: shadow, tune by replay, back off on violation. Differs: a share of requests runs to the end
// instead of all; in place of tuning to a hundredth of the promise, the bound of conformal risk control (arXiv 2208.02814) for
// each threshold; a binomial test in place of two violations.
export function onlineThresholds(options: OnlineThresholdsOptions): OnlineThresholds {
  const { random, shadow = 0.1, accuracyLoss = 0.01 } = options;
  if (!(shadow > 0 && shadow <= 1))
    throw new InvalidOptionError('shadow', `shadow must be in (0, 1], received ${shadow}.`);
  if (!(accuracyLoss > 0 && accuracyLoss < 1)) {
    throw new InvalidOptionError('accuracyLoss', `accuracyLoss must be in (0, 1), received ${accuracyLoss}.`);
  }
  let { thresholds } = options;
  if (thresholds.length === 0 || !thresholds.every((threshold) => threshold > -Infinity)) {
    throw new InvalidOptionError(
      'thresholds',
      `thresholds must hold a number for each stage before the last, received [${thresholds.join(', ')}].`,
    );
  }
  const free = thresholds.length;
  const fewest = Math.ceil(free / accuracyLoss - 1e-9) - 1;
  const { window = Math.max(200, 2 * fewest) } = options;
  if (!(window >= fewest)) {
    throw new InvalidOptionError(
      'window',
      `window must be at least ${fewest} runs to promise a loss of ${accuracyLoss} with ${free} thresholds, received ${window}.`,
    );
  }
  let last: TunedThresholds | undefined;
  let runs: readonly ShadowedRun[] = [];
  let sinceTuning = 0;
  const counts = { shadowed: 0, tunings: 0, backOffs: 0 };
  const costs = stageCosts(free + 1);

  const backOff = (recent: readonly ShadowedRun[], atFault: readonly number[]): void => {
    counts.backOffs += 1;
    sinceTuning = 0;
    runs = recent;
    thresholds = thresholds.map((threshold, stage) => (atFault.includes(stage) ? Infinity : threshold));
  };
  const tune = (): void => {
    counts.tunings += 1;
    sinceTuning = 0;
    const bounded = Math.max(0, (accuracyLoss * (runs.length + 1) - free) / runs.length);
    last = tuneThresholds(runs, { costs: costs.upTo(), accuracyLoss: bounded });
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
      for (const { from, ids } of state.seen ?? []) costs.add(from, drawUsd(result, ids));
      const run = shadowedRun(state);
      if (run === undefined) return;
      runs = [...runs, run].slice(-window);
      counts.shadowed += 1;
      sinceTuning += 1;
      const recent = runs.slice(-sinceTuning);
      const atFault = recent.flatMap((one) => {
        const exit = exitOf(one, thresholds);
        return isWrongAt(one, exit) ? exit : [];
      });
      if (isTooOften(atFault.length, recent.length, accuracyLoss)) backOff(recent, atFault);
      else if (sinceTuning >= tuneEvery && runs.length >= fewest) tune();
    },
    report: () => ({ ...counts, ...(last !== undefined && { last }) }),
  };
}

/** Whether this much disagreement would be seen less often than the alarm level, if its share were within what is promised. */
function isTooOften(wrong: number, runs: number, accuracyLoss: number): boolean {
  return wrong > 0 && 1 - binomialAtMost(wrong - 1, runs, accuracyLoss) < alarmLevel;
}

/**
 * What a run says about thresholds, where it was chosen to ask every stage and the last one gave an answer. One that came to the
 * last stage by itself was unsure before, and so is no sample of all requests.
 */
function shadowedRun({ shadow, seen = [], stages }: CascadeState): ShadowedRun | undefined {
  const final = seen.find(({ from }) => from === stages - 1);
  if (shadow !== true || seen.length !== stages || final?.answer === undefined) return undefined;
  const before = seen.slice(0, -1);
  return {
    confidences: before.map(({ confidence }) => confidence),
    agrees: before.map(({ answer }) => answer === final.answer),
  };
}

interface StageCosts {
  add(stage: number, usd: number | undefined): void;
  /** Mean cost of a request that ends at each stage; where nothing has a price, one for each stage asked. */
  upTo(): readonly number[];
}

function stageCosts(stages: number): StageCosts {
  const usd = Array.from({ length: stages }, () => 0);
  const runs = Array.from({ length: stages }, () => 0);
  return {
    add: (stage, cost) => {
      if (cost === undefined) return;
      usd[stage] = (usd[stage] ?? 0) + cost;
      runs[stage] = (runs[stage] ?? 0) + 1;
    },
    upTo: () => {
      const isPriced = usd.some((total) => total > 0);
      let sum = 0;
      return usd.map((total, stage) => (sum += isPriced ? total / Math.max(1, runs[stage] ?? 0) : 1));
    },
  };
}
