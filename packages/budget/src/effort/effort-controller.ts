import type { EffortLevel } from '@tollgate/sdk';
import { aimAt, type AskedFraction } from './aim-at.ts';
import { choosePosition, positionsOf } from './choose-position.ts';
import { type EffortPosition, gainsOf } from './effort-gains.ts';
import { checkEffortOptions, checkFraction, type EffortControllerOptions } from './effort-options.ts';
import type { EffortAsk, EffortController, EffortObservation, EffortPlan } from './effort-plan.ts';
import { type EffortReport, fractionReport } from './effort-report.ts';
import { type EffortRecord, type EffortState, type FractionRecord, noCalls, noRecord } from './effort-state.ts';
import { meanLength, noLengths, withLength } from './reasoning-lengths.ts';

/** Weight of a prior that rests on evidence: five calls. */
const priorWeight = 5;
const guessedTokens = 2000;
/** How many times the target the hard cap is. */
const capFactor = 2;
const rememberedResults = 10_000;
const golden = 0.618_033_988_749_894_9;

/**
 * A controller of reasoning effort, to share between all models and classes of an application.
 *
 * It keeps, for each model and class: the average reasoning length (the first calls run as the model would by itself),
 * the gain of each level, and what was measured at each fraction, by which it corrects what it aims at.
 *
 * @throws InvalidOptionError for an option out of range, or a state of another kind.
 * @example
 * const controller = effortController({ state: JSON.parse(saved) });
 * const model = withEffort(openai('gpt-5.6-sol'), { fraction: 0.5, taskClass: 'triage', controller });
 */
export function effortController(options: EffortControllerOptions = {}): EffortController {
  checkEffortOptions(options);
  return new LearningController(options);
}

interface Running {
  readonly record: string;
  readonly plan: EffortPlan;
  readonly hundredths: string | undefined;
  readonly fraction: number;
  /** Its share of the average, as expected until it is known. */
  readonly expected: number;
}

interface Gradable extends Pick<Running, 'record'> {
  readonly hundredths: string;
  readonly complied: boolean;
}

class LearningController implements EffortController {
  readonly #options: EffortControllerOptions;
  readonly #records = new Map<string, EffortRecord>();
  readonly #running = new Map<EffortPlan, Running>();
  readonly #gradable = new Map<string, Gradable>();

  constructor(options: EffortControllerOptions) {
    this.#options = options;
    for (const record of options.state?.records ?? []) this.#records.set(nameOf(record), record);
  }

  plan(ask: EffortAsk): EffortPlan {
    checkFraction(ask.fraction);
    const { provider, modelId } = ask.model;
    const key = { model: `${provider}/${modelId}`, taskClass: ask.taskClass };
    const name = nameOf(key);
    const record = this.#records.get(name) ?? noRecord(key.model, key.taskClass);
    const { plan, steered, expected } = this.#planFor(record, { ask, name });
    this.#records.set(name, steered ? { ...record, steered: record.steered + 1 } : record);
    const hundredths = steered ? String(Math.round(ask.fraction * 100)) : undefined;
    this.#running.set(plan, { record: name, plan, hundredths, fraction: ask.fraction, expected });
    return plan;
  }

  #planFor(
    record: EffortRecord,
    { ask, name }: { readonly ask: EffortAsk; readonly name: string },
  ): { readonly plan: EffortPlan; readonly steered: boolean; readonly expected: number } {
    const { referenceCalls = 10, reference: wanted } = this.#options;
    const { fraction, efforts, reasoningCap } = ask;
    const baselineTokens = this.#baseline(record);
    const reference = wanted !== undefined && efforts.includes(wanted) ? wanted : undefined;
    const levels = gainsOf(record, { efforts, reference, baselineTokens });
    const capped = (by: EffortPlan['by'], share: number, effort?: EffortLevel): EffortPlan => ({
      ...this.#cap(share * baselineTokens, reasoningCap),
      ...(effort !== undefined && { effort }),
      baselineTokens,
      by,
    });
    if (ask.effort !== undefined) {
      const gain = levels.find(({ effort }) => effort === ask.effort)?.gain ?? 1;
      return { plan: capped('kept', Math.max(fraction, gain), ask.effort), steered: false, expected: gain };
    }
    const learning = record.reference.calls + this.#referencesInFlight(name);
    if (learning < referenceCalls) {
      return { plan: capped('reference', Math.max(1, fraction), reference), steered: false, expected: 1 };
    }
    const aim = aimAt(fraction, this.#asked(record, name));
    if (reasoningCap) {
      const share = capShare(aim, fraction);
      const plan: EffortPlan = {
        ...(reference !== undefined && { effort: reference }),
        maxReasoningTokens: Math.ceil(share * baselineTokens),
        baselineTokens,
        by: 'cap',
      };
      return { plan, steered: true, expected: 1 - Math.exp(-share) };
    }
    const positions = positionsOf(levels, reference);
    const position = keptPosition(positions, ask.kept) ?? choosePosition(positions, aim, phaseOf(record.steered));
    const by = positions.length === 1 ? 'none' : 'level';
    // A cap below what the level takes on average would cut the answers of half of its calls.
    const plan = capped(by, by === 'none' ? fraction : Math.max(fraction, position.gain), position.effort);
    return { plan, steered: true, expected: position.gain };
  }

  /** A net under the lever: twice the target. */
  #cap(targetTokens: number, reasoningCap: boolean): Pick<EffortPlan, 'maxReasoningTokens' | 'maxOutputTokens'> {
    const most = Math.ceil(capFactor * targetTokens);
    return reasoningCap
      ? { maxReasoningTokens: most }
      : { maxOutputTokens: most + (this.#options.answerAllowance ?? 4096) };
  }

  observe(plan: EffortPlan, { lengths, unknown = 0, resultId }: EffortObservation): void {
    const running = this.#running.get(plan);
    const record = this.#records.get(running?.record ?? '');
    if (running === undefined || record === undefined) return;
    this.#running.delete(plan);
    const { alpha = 0, reference } = this.#options;
    const isReference = plan.effort === reference && !isShortened(plan);
    const learn = (effort: EffortLevel | undefined): Partial<EffortRecord> => {
      const add = (known = noLengths): typeof known =>
        lengths.reduce((sums, length) => withLength(sums, length, alpha), known);
      if (isReference) return { reference: add(record.reference) };
      return effort === undefined || plan.by === 'cap'
        ? {}
        : { levels: { ...record.levels, [effort]: add(record.levels[effort]) } };
    };
    const { hundredths } = running;
    let changed: EffortRecord = { ...record, ...learn(plan.effort), unknown: record.unknown + unknown };
    if (hundredths !== undefined && lengths.length > 0) {
      const tokens = lengths.reduce((sum, length) => sum + length.tokens, 0) / lengths.length;
      const measured = tokens / plan.baselineTokens;
      const complied = measured <= running.fraction;
      const before = record.fractions[hundredths] ?? noCalls;
      changed = withFraction(changed, hundredths, {
        ...before,
        calls: before.calls + 1,
        measured: before.measured + measured,
        complied: before.complied + Number(complied),
      });
      if (resultId !== undefined) this.#remember(resultId, { record: running.record, hundredths, complied });
    }
    this.#records.set(running.record, changed);
  }

  #remember(resultId: string, gradable: Gradable): void {
    this.#gradable.set(resultId, gradable);
    for (const oldest of this.#gradable.keys()) {
      if (this.#gradable.size <= rememberedResults) break;
      this.#gradable.delete(oldest);
    }
  }

  reportCorrect({ resultId, correct }: { readonly resultId: string; readonly correct: boolean }): boolean {
    const gradable = this.#gradable.get(resultId);
    const record = this.#records.get(gradable?.record ?? '');
    if (gradable === undefined || record === undefined) return false;
    this.#gradable.delete(resultId);
    const before = record.fractions[gradable.hundredths] ?? noCalls;
    const graded = {
      ...before,
      graded: before.graded + 1,
      correct: before.correct + Number(correct),
      rewarded: before.rewarded + Number(correct && gradable.complied),
    };
    this.#records.set(gradable.record, withFraction(record, gradable.hundredths, graded));
    return true;
  }

  report(): readonly EffortReport[] {
    return [...this.#records.values()].map((record) => {
      const baselineTokens = this.#baseline(record);
      const used = Object.keys(record.levels) as EffortLevel[];
      const gains = gainsOf(record, { efforts: used, reference: undefined, baselineTokens });
      return {
        model: record.model,
        taskClass: record.taskClass,
        baselineTokens,
        referenceCalls: record.reference.calls,
        unknown: record.unknown,
        gains: Object.fromEntries(gains.map(({ effort, gain }) => [effort, gain])),
        fractions: Object.entries(record.fractions)
          .map(([hundredths, calls]) => fractionReport(Number(hundredths) / 100, calls))
          .toSorted((a, b) => a.fraction - b.fraction),
      };
    });
  }

  state(): EffortState {
    return { kind: 'tollgate-effort', version: 1, records: [...this.#records.values()] };
  }

  #baseline(record: EffortRecord): number {
    return Math.max(1, meanLength(record.reference, this.#priorOf(record)));
  }

  #priorOf(record: EffortRecord): { readonly tokens: number; readonly weight: number } {
    const { priorTokens } = this.#options;
    if (priorTokens !== undefined) return { tokens: priorTokens, weight: priorWeight };
    const others = [...this.#records.values()].filter(
      ({ model, taskClass, reference }) =>
        reference.ended > 0 && !(model === record.model && taskClass === record.taskClass),
    );
    const tokens =
      meanOver(others.filter(({ taskClass }) => taskClass === record.taskClass)) ??
      meanOver(others.filter(({ model }) => model === record.model));
    // A guess is evidence of nothing: the first call that is seen replaces it.
    return tokens === undefined ? { tokens: guessedTokens, weight: 0 } : { tokens, weight: priorWeight };
  }

  #referencesInFlight(name: string): number {
    let count = 0;
    for (const { record, plan } of this.#running.values()) if (record === name && plan.by === 'reference') count += 1;
    return count;
  }

  /** What was measured at each fraction. Calls in flight count as expected, or a burst would correct one miss many times. */
  #asked(record: EffortRecord, name: string): readonly AskedFraction[] {
    const asked = new Map<string, { readonly calls: number; readonly measured: number }>(
      Object.entries(record.fractions),
    );
    for (const running of this.#running.values()) {
      if (running.record !== name || running.hundredths === undefined) continue;
      const before = asked.get(running.hundredths) ?? noCalls;
      asked.set(running.hundredths, { calls: before.calls + 1, measured: before.measured + running.expected });
    }
    return [...asked].map(([hundredths, { calls, measured }]) => ({
      fraction: Number(hundredths) / 100,
      calls,
      measured,
    }));
  }
}

// Source: the mean of an exponential length that is cut at `share` averages is 1 - e^-share averages; solved for the share.
/** Where to end reasoning, in averages, for its mean to come to `aim`; at most twice the fraction that was asked for. */
function capShare(aim: number, fraction: number): number {
  return Math.min(capFactor * fraction, aim < 1 ? -Math.log(1 - aim) : Infinity);
}

/** The reasoning may have been ended before twice the average: its length says nothing of how the model reasons by itself. */
function isShortened({ by, maxReasoningTokens = Infinity, baselineTokens }: EffortPlan): boolean {
  return by === 'kept' || maxReasoningTokens < capFactor * baselineTokens;
}

function keptPosition(positions: readonly EffortPosition[], kept: EffortAsk['kept']): EffortPosition | undefined {
  if (kept === undefined) return undefined;
  return positions.find(({ effort }) => effort === kept.effort) ?? { effort: kept.effort, gain: 1 };
}

/** Spreads the calls of a share evenly, without chance: every part of [0, 1) is hit in proportion, in any run of calls. */
function phaseOf(call: number): number {
  return ((call + 0.5) * golden) % 1;
}

function nameOf({ model, taskClass }: Pick<EffortRecord, 'model' | 'taskClass'>): string {
  return JSON.stringify([model, taskClass]);
}

function meanOver(records: readonly EffortRecord[]): number | undefined {
  const ended = records.reduce((sum, { reference }) => sum + reference.ended, 0);
  return ended > 0 ? records.reduce((sum, { reference }) => sum + reference.tokens, 0) / ended : undefined;
}

function withFraction(record: EffortRecord, hundredths: string, calls: FractionRecord): EffortRecord {
  return { ...record, fractions: { ...record.fractions, [hundredths]: calls } };
}
