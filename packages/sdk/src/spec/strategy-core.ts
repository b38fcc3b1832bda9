import type { Capabilities, SamplesCapability } from './capabilities.ts';
import type { JsonValue } from './json.ts';
import type { ModelRef } from './pricing.ts';
import type { CalibrationClaim, Decision, FinishedBy } from './result.ts';
import type { Verdict } from './scorer.ts';

/** A source that a core may draw from, as the core sees it. */
export interface SourceView {
  readonly name: string;
  readonly model?: ModelRef;
  readonly samples: SamplesCapability;
  readonly logprobs: Capabilities['logprobs'];
  readonly continuation: Capabilities['continuation'];
  /** About what one sample costs, where a price is known. */
  readonly usdPerSample?: number;
}

/** What may be known before anything is asked. Never the check that grades the task. */
export interface TaskView {
  readonly sources: readonly SourceView[];
  /** Names of scorers, in the order of `score` actions. */
  readonly scorers: readonly string[];
  readonly promptCharacters: number;
  /** A label that users give to kinds of tasks. */
  readonly taskClass?: string;
  /** Numbers about the task, for learned policies. */
  readonly features?: { readonly [name: string]: number };
  /** Advice: what could be spent, in US dollars. */
  readonly affordableUsd?: number;
  /** What the strategy learned from earlier runs, as it was when this one began. */
  readonly learned?: JsonValue;
}

/**
 * A candidate as a core sees it: an answer, signals and a price, never the text.
 *
 * `answer` is absent where no answer was found, where the answer was cut by a budget or an abort, and where it misses the
 * schema of the request: such candidates never vote.
 */
export interface CandidateView {
  readonly id: string;
  /** Index into `TaskView.sources`. */
  readonly from: number;
  readonly answer?: string;
  /** Measured confidences by name, for example `meanLogprob`. */
  readonly signals?: { readonly [name: string]: number };
  readonly finish: FinishedBy;
  /** What a source that is itself a strategy decided. */
  readonly decision?: { readonly status: Decision['status']; readonly confidence?: number };
  /** Steps of a partial answer, where it was made by `extend`. */
  readonly steps?: number;
}

/** What a `score` took. */
export interface ScoringCost {
  /** From the request to the verdicts. Range [0, ∞). */
  readonly seconds: number;
  /** US dollars of the scorer's own calls; absent where one of them has no price. */
  readonly usd?: number;
  /** Tokens of the scorer's own calls, read and written, as far as they are known. */
  readonly tokens?: number;
}

/** What a core is told. */
export type StrategyEvent =
  /** All candidates of a `draw`, in sample order; or, with `deliver: 'each'`, one of them. */
  | { readonly type: 'drawn'; readonly from: number; readonly candidates: readonly CandidateView[] }
  | {
      readonly type: 'scored';
      readonly scorer: number;
      readonly verdicts: readonly Verdict[];
      /** Absent where it was not measured (a table without it). */
      readonly cost?: ScoringCost;
    }
  /** A `draw` or `score` with `deliver: 'later'` is on its way; `wait` brings what comes of it. */
  | { readonly type: 'launched'; readonly action: 'draw' | 'score'; readonly from: number }
  /** Partial answers one step longer. `finish` is `stop` while an answer can go on. */
  | { readonly type: 'extended'; readonly from: number; readonly candidates: readonly CandidateView[] }
  /** A source or scorer failed after its retries. */
  | {
      readonly type: 'failed';
      readonly from: number;
      readonly action: 'draw' | 'score' | 'extend';
      readonly code: string;
      /** Of a `score`: the candidates that were to be judged. */
      readonly candidates?: readonly string[];
    }
  /** Money ran out. Cores accept the best they have or stop. */
  | {
      readonly type: 'budget';
      readonly from: number;
      /** What a guard refused. Absent where a source that is a strategy itself ended for lack of money: it was `drawn` before. */
      readonly refused?: 'draw' | 'score' | 'extend';
      /** Of a refused `score`: the candidates that were to be judged. */
      readonly candidates?: readonly string[];
    };

/** What a core wants. */
export type Action =
  | {
      readonly type: 'draw';
      readonly from: number;
      /** Range [1, ∞). */
      readonly count: number;
      /**
       * `together`: one event when all are there. `each`: an event per candidate as it arrives, after which the core may
       * `wait` for the others or decide; what is in flight is then aborted and charged. `later`: as `each`, and the next event
       * is `launched`, so that the core can ask another source meanwhile. @defaultValue 'together'
       */
      readonly deliver?: 'together' | 'each' | 'later';
      /** The core will accept this single candidate whatever it says, so a stream may show it as it is written. @defaultValue false */
      readonly commit?: boolean;
    }
  /** Nothing new: the next of what was launched by `deliver: 'each'` or `'later'`. */
  | { readonly type: 'wait' }
  | {
      readonly type: 'score';
      readonly scorer: number;
      readonly candidates: readonly string[];
      /**
       * `together`: judged in one call, and the next event is this one. `each`: a call for each candidate, beside what else
       * is in flight; the next event is whatever comes first, and `wait` brings the others. `later`: as `each`, and the next
       * event is `launched`. @defaultValue 'together'
       */
      readonly deliver?: 'together' | 'each' | 'later';
    }
  | {
      /** One more step from partial answers. */
      readonly type: 'extend';
      readonly from: number;
      /** The partial answer to go on from; absent for the first step. */
      readonly base?: string;
      readonly count: number;
      /** Strings that end a step. */
      readonly stop: readonly string[];
      readonly maxTokens: number;
    }
  | {
      readonly type: 'accept';
      readonly candidate: string;
      /** False where the rule was not met and this is only the best there is. @defaultValue true */
      readonly accepted?: boolean;
      readonly confidence?: number;
      readonly signal?: string;
      readonly reason: string;
      /** What entitles the rule to its confidence, where it was calibrated. */
      readonly calibration?: CalibrationClaim;
      /** What could have been asked and was not, by source index. */
      readonly notAsked?: readonly number[];
    }
  | { readonly type: 'abstain'; readonly reason: string; readonly confidence?: number; readonly signal?: string }
  /** Nothing to show: every source failed, or money ended before the first candidate. */
  | { readonly type: 'stop'; readonly reason: string };

/**
 * A strategy as a pure function of what it has seen. Its state is plain JSON: `JSON.parse(JSON.stringify(state))`
 * behaves equally. Two drivers run it: `runStrategy` asks real models, `replayStrategy` reads a table.
 *
 * @example
 * const first: StrategyCore<{ id?: string }> = {
 *   name: 'single',
 *   start: () => ({}),
 *   observe: (state, event) => (event.type === 'drawn' ? { id: event.candidates[0]!.id } : state),
 *   next: (state) => state.id === undefined
 *     ? { type: 'draw', from: 0, count: 1, commit: true }
 *     : { type: 'accept', candidate: state.id, reason: 'only one was asked' },
 * };
 */
export interface StrategyCore<State> {
  readonly name: string;
  /** Parameters of the core, for traces, reports and profiles. */
  readonly parameters?: { readonly [name: string]: string | number | boolean };
  start(view: TaskView): State;
  observe(state: State, event: StrategyEvent): State;
  next(state: State): Action;
}
