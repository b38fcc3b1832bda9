import { InvalidOptionError } from '@tollgate/sdk';
import { exitOf, isWrongAt, replayThresholds, type ShadowedRun, type TunedThresholds } from './replay-thresholds.ts';

/** Options of `tuneThresholds`. */
export interface TuneOptions {
  /** Cost of a request that ends at each stage, the stages before it included; the last stage's is the last entry. */
  readonly costs: readonly number[];
  /** Share of requests that may end at an answer the last stage would not have given. Range [0, 1). */
  readonly accuracyLoss: number;
}

/**
 * The thresholds with which a cascade would have been cheapest on these runs, within the loss of agreement that is allowed; of
 * equally cheap ones those with more agreement, then the higher ones. Thresholds are confidences that were observed, or
 * Infinity where a stage should never accept.
 *
 * Exact for up to two thresholds (three stages), in time that grows with the square of the runs; more are searched one
 * after the other until none improves.
 *
 * @throws InvalidOptionError when there are no runs, costs for another number of stages, or `accuracyLoss` is outside [0, 1).
 *
 * @example
 * const { thresholds, agreement } = tuneThresholds(runs, { costs: [0.001, 0.011], accuracyLoss: 0.01 });
 */
// Source: Apparate, arXiv 2312.05385: thresholds re-tuned by replay of runs whose every exit is known. Differs: an exact search in
// place of the greedy one, which stops at 66.6 % on the worked example where 72.8 % can be had; accepts at confidence ≥
// threshold, where the paper leaves at 1 − confidence < threshold.
export function tuneThresholds(runs: readonly ShadowedRun[], options: TuneOptions): TunedThresholds {
  const { accuracyLoss, costs } = options;
  check(runs, options);
  const search = { runs, costs, allowed: Math.floor(accuracyLoss * runs.length + 1e-9) };
  const never = costs.slice(1).map(() => Infinity);
  let best = oneByOne(search, never);
  if (never.length === 2) {
    for (const first of new Set([Infinity, ...runs.map(({ confidences }) => confidences[0] ?? Infinity)])) {
      best = better(best, bestOfStage(search, [first, Infinity], 1));
    }
  }
  return replayThresholds(runs, costs, best.thresholds);
}

interface Search {
  readonly runs: readonly ShadowedRun[];
  readonly costs: readonly number[];
  /** Runs that may end at an answer that the last stage would not have given. */
  readonly allowed: number;
}

/** Thresholds, and what they come to over all runs. */
interface Tried {
  readonly thresholds: readonly number[];
  readonly cost: number;
  readonly wrong: number;
}

function oneByOne(search: Search, never: readonly number[]): Tried {
  let best: Tried = { thresholds: never, cost: Infinity, wrong: 0 };
  for (let isBetter = true; isBetter; ) {
    const before: Tried = best;
    for (const stage of never.keys()) best = better(best, bestOfStage(search, best.thresholds, stage));
    isBetter = best !== before;
  }
  return best;
}

/**
 * The best threshold of one stage while the others stay; undefined where none is within what is allowed. Runs that reach the
 * stage are let out one after the other, the surest first.
 */
function bestOfStage(
  { runs, costs, allowed }: Search,
  thresholds: readonly number[],
  stage: number,
): Tried | undefined {
  const closed = thresholds.with(stage, Infinity);
  let tried: Tried = { thresholds: closed, cost: 0, wrong: 0 };
  const reaching: { readonly confidence: number; readonly cost: number; readonly wrong: number }[] = [];
  for (const run of runs) {
    const exit = exitOf(run, closed);
    const stays = { cost: costs[exit] ?? 0, wrong: isWrongAt(run, exit) ? 1 : 0 };
    tried = { thresholds: closed, cost: tried.cost + stays.cost, wrong: tried.wrong + stays.wrong };
    const confidence = run.confidences[stage] ?? Number.NaN;
    if (exit <= stage || Number.isNaN(confidence)) continue;
    const leaves = { cost: costs[stage] ?? 0, wrong: isWrongAt(run, stage) ? 1 : 0 };
    reaching.push({ confidence, cost: leaves.cost - stays.cost, wrong: leaves.wrong - stays.wrong });
  }
  let best = tried.wrong <= allowed ? tried : undefined;
  const surestFirst = reaching.toSorted((a, b) => b.confidence - a.confidence);
  for (const [i, { confidence, cost, wrong }] of surestFirst.entries()) {
    tried = { thresholds: thresholds.with(stage, confidence), cost: tried.cost + cost, wrong: tried.wrong + wrong };
    // A threshold lets out all that tie with it.
    if (surestFirst[i + 1]?.confidence === confidence || tried.wrong > allowed) continue;
    best = best === undefined ? tried : better(best, tried);
  }
  return best;
}

/** The cheaper one, then the one with more agreement, then the first. */
function better(one: Tried, other: Tried | undefined): Tried {
  if (other === undefined || other.cost > one.cost + 1e-12) return one;
  return other.cost < one.cost - 1e-12 || other.wrong < one.wrong ? other : one;
}

function check(runs: readonly ShadowedRun[], { costs, accuracyLoss }: TuneOptions): void {
  const stages = costs.length - 1;
  const odd = runs.find(({ confidences, agrees }) => confidences.length !== stages || agrees.length !== stages);
  if (runs.length === 0 || odd !== undefined) {
    throw new InvalidOptionError(
      'runs',
      `There must be runs with a confidence and an agreement for each of the ${stages} stages before the last, received ${odd === undefined ? 'no run' : `one with ${odd.confidences.length} and ${odd.agrees.length}`}.`,
    );
  }
  if (!(accuracyLoss >= 0 && accuracyLoss < 1)) {
    throw new InvalidOptionError('accuracyLoss', `accuracyLoss must be in [0, 1), received ${accuracyLoss}.`);
  }
}
