import { type AnswerKey, InvalidOptionError, type Scorer, type Signal, type StrategyMemory } from '@tollgate/sdk';
import type { Confidence, StageTest, Threshold } from '../confidence/confidence.ts';
import { thresholdOf } from '../confidence/measure-stage.ts';
import type { CascadeState } from './cascade-state.ts';
import { requireOnePerSource, requireShare } from './require-option.ts';

/** Rules of `cascadeCore`. */
export interface CascadeRules {
  /** How sure a stage is: one measure for all stages, or one for each stage before the last. */
  readonly confidence: Confidence | readonly Confidence[];
  /**
   * What is enough, on the scale of the measure: one for all stages, or one for each stage before the last. A threshold out
   * of a profile carries its claim into the decision. Needed by `voteShare` (range (0, 1]) and signals; `byScore` goes by the
   * verdict where there is none; `verdict()` takes none, which in a list is null.
   */
  readonly accept?: Threshold | readonly (Threshold | null)[];
}

/** Options of `cascade`. */
export interface CascadeOptions extends CascadeRules {
  /**
   * What runs learn from one another: `cascadeMemory` that a stage never accepts, `onlineThresholds` from where on stages agree.
   * @defaultValue none: every stage is asked, and thresholds stay
   */
  readonly memory?: StrategyMemory<CascadeState>;
  /** Which answers are the same. @defaultValue that of the first `voteShare`, else `wholeText()` */
  readonly answer?: AnswerKey;
}

/** The test of a stage. The last stage is tested only by what was given for all stages, and accepted all the same. */
export function testOf({ confidence, accept }: CascadeRules, stage: number): StageTest | undefined {
  const measure = isList(confidence) ? confidence[stage] : confidence;
  const enough = isList(accept) ? accept[stage] : accept;
  return measure === undefined
    ? undefined
    : { confidence: measure, ...(enough !== undefined && enough !== null && { accept: enough }) };
}

/** The scorers of all stages, each once. */
export function scorersOf({ confidence }: CascadeRules): readonly Scorer[] {
  return [...new Set(listed(confidence).flatMap((one) => (one.kind === 'score' ? [one.scorer] : [])))];
}

/** The signals that are read off candidates, each once. */
export function signalsOf({ confidence }: CascadeRules): readonly Signal[] {
  const signals = new Map<string, Signal>();
  for (const one of listed(confidence)) {
    if (one.kind === 'signal' && one.read !== undefined) signals.set(one.signal, { name: one.signal, read: one.read });
  }
  return [...signals.values()];
}

/** @throws InvalidOptionError when a threshold is missing or outside its range. */
export function checkRules(rules: CascadeRules): void {
  const { confidence, accept } = rules;
  const stages = isList(confidence) ? confidence.length : isList(accept) ? accept.length : 1;
  if (isList(confidence) && isList(accept)) requireOnePerSource('accept', accept, confidence.length);
  for (let stage = 0; stage < stages; stage += 1) {
    const test = testOf(rules, stage);
    if (test !== undefined) checkTest(test);
  }
}

/** @throws InvalidOptionError when something is listed for another number of models. */
export function checkStages({ confidence, accept }: CascadeRules, stages: number): void {
  for (const one of listed(confidence)) {
    if (one.kind === 'vote-share' && typeof one.samples !== 'number')
      requireOnePerSource('samples', one.samples, stages);
  }
  for (const [option, list] of [
    ['confidence', confidence],
    ['accept', accept],
  ] as const) {
    if (!isList(list) || list.length === stages - 1) continue;
    throw new InvalidOptionError(
      option,
      `${option} must hold one entry for each model before the last (${stages - 1}), received ${list.length}.`,
    );
  }
}

function checkTest({ confidence, accept }: StageTest): void {
  const enough = thresholdOf(accept);
  switch (confidence.kind) {
    case 'vote-share':
      if (enough === undefined)
        throw missing('voteShare(…) needs accept, the share that is enough, in (0, 1]; received none.');
      return requireShare('accept', enough);
    case 'signal':
      if (enough === undefined)
        throw missing(`"${confidence.signal}" needs accept, the value that is enough; received none.`);
      return requireFinite(enough);
    case 'score':
      return enough === undefined ? undefined : requireFinite(enough);
    case 'verdict':
      if (enough !== undefined)
        throw missing('verdict() takes no accept: the stage itself has decided. Leave accept out.');
      return;
    default:
      confidence satisfies never;
  }
}

function requireFinite(accept: number): void {
  if (!Number.isFinite(accept)) throw missing(`accept must be a finite number, received ${accept}.`);
}

function missing(message: string): InvalidOptionError {
  return new InvalidOptionError('accept', message);
}

function listed<T>(value: T | readonly T[]): readonly T[] {
  return isList(value) ? value : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
