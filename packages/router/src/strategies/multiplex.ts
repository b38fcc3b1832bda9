import {
  type Action,
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type JsonValue,
  type Model,
  runStrategy,
  type Scorer,
  type StrategyCore,
  type StrategyMemory,
  type TaskView,
  type Verdict,
} from '@tollgate/sdk';
import { bestByVerdict, type JudgedCandidate } from '../confidence/best-by-verdict.ts';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import type { MultiplexerMemory } from '../learning/multiplexer-memory.ts';
import { type Expectation, expectations, type MultiplexerState } from '../learning/multiplexer-state.ts';
import { requestFeatures } from '../learning/prompt-features.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireFallbackUsd } from './require-option.ts';

/** Options of `multiplexCore`. */
export interface MultiplexCoreOptions {
  /** What a wrong answer costs in US dollars: doing the task by other means. Range [0, ∞). */
  readonly fallbackUsd: number;
  /** What was learned before, for runs without a memory. Either this or a memory is needed. */
  readonly state?: MultiplexerState;
}

/** Options of `multiplex`. */
export interface MultiplexOptions extends MultiplexCoreOptions {
  /** Judges the answer; a rejected one sends the request to the next best model. @defaultValue none */
  readonly scorer?: Scorer;
  /** Learns from every judged answer. @defaultValue none: `state` stays as it is */
  readonly memory?: MultiplexerMemory;
  /** Which answers are the same, for strategies around this one. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** A model that was asked in a run. */
export interface AskedModel {
  readonly from: number;
  readonly id: string;
  /** Absent where nothing judged it. */
  readonly passed?: boolean;
}

/** State of `multiplexCore`. */
export interface MultiplexState extends WithAction {
  readonly expected: readonly Expectation[];
  /** Name of the scorer, where there is one. */
  readonly scorer?: string;
  readonly asked: readonly AskedModel[];
  /** Models that were asked or failed. */
  readonly tried: readonly number[];
  /** What the last model gave, while its scorer is asked. */
  readonly drawn?: CandidateView;
  /** The best of the answers that were rejected. */
  readonly best?: JudgedCandidate;
}

type Position = Omit<MultiplexState, 'action'>;
type AcceptAction = Extract<Action, { type: 'accept' }>;

/** What is expected of the models, and which of those that are not best is to be explored, in the order of their losses. */
interface Outlook {
  readonly expected: readonly Expectation[];
  readonly explore?: number;
}

/**
 * Sends each request to the model that is expected to be cheapest for it, with a wrong answer priced: the least
 * `cost + (1 − chance to pass) · fallbackUsd`. Ties go to the earlier model.
 *
 * Without a scorer the answer is accepted, unless a budget cut it or its own source did not accept it. With one a rejected
 * answer sends the request on to the best of the others; where none passes, the answer with the highest score is given as
 * not accepted, the earlier one on a tie. One that the scorer has no opinion on is given as not accepted at once. A model
 * that fails is passed over. Where money ends, the answer that waits for its verdict is given, else the best so far, as not
 * accepted.
 *
 * @throws InvalidOptionError when `fallbackUsd` is negative; at the start, when nothing is known of the models, or of
 * another number of them.
 */
// Source: model multiplexing, arXiv 2306.02003: route to argmin of expected cost, small then large on failure.
// Differs: the expected cost comes from a logistic regression on features of the request, not from a table of known queries.
export function multiplexCore({ fallbackUsd, state: known }: MultiplexCoreOptions): StrategyCore<MultiplexState> {
  requireFallbackUsd(fallbackUsd);
  return {
    name: 'multiplex',
    parameters: { fallbackUsd },
    start: (view) => {
      const { expected, explore } = outlook(view, known);
      const [scorer] = view.scorers;
      const begun = { expected, asked: [], tried: [], ...(scorer !== undefined && { scorer }) };
      const [best, ...others] = byLoss(begun, fallbackUsd);
      return ask(begun, (explore === undefined ? undefined : others[explore]) ?? best);
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'drawn':
          return afterDraw(fallbackUsd, state, event.candidates);
        case 'scored':
          return afterScore(fallbackUsd, state, event.verdicts);
        case 'failed':
          return event.action === 'score' ? afterScore(fallbackUsd, state, []) : askNext(fallbackUsd, state);
        case 'budget':
          return giveUp(state, 'money ran out');
        case 'extended':
        case 'launched':
          return state;
        default:
          return event satisfies never;
      }
    },
    next: ({ action }) => action,
  };
}

/**
 * A model that chooses among `models` per request, by what it has learned.
 *
 * @throws InvalidOptionError as `multiplexCore`, or when there is neither `state` nor `memory`.
 *
 * @example
 * const model = multiplex([small, big], { fallbackUsd: 0.02, memory, scorer: verifyScorer() });
 */
export function multiplex(models: readonly Model[], options: MultiplexOptions): Model {
  const { scorer, memory, answer, ...rules } = options;
  const recalls = memory ?? unchanging(rules.state, models.length);
  return runStrategy(multiplexCore(rules), {
    sources: models,
    memory: recalls,
    ...(scorer !== undefined && { scorers: [scorer] }),
    ...(answer !== undefined && { answer }),
  });
}

/** What is known, applied to each request, and never changed. */
function unchanging(state: MultiplexerState | undefined, models: number): StrategyMemory<MultiplexState> {
  if (state === undefined || state.models.length !== models) throw unknownModels(state?.models.length ?? 0, models);
  return {
    recall: (request): JsonValue => ({
      expected: expectations(state, requestFeatures(request)).map((one) => ({ ...one })),
    }),
    learn: () => undefined,
  };
}

function outlook({ learned, features = {}, sources }: TaskView, known: MultiplexerState | undefined): Outlook {
  const told = recalled(learned) ?? { expected: known === undefined ? [] : expectations(known, features) };
  if (told.expected.length !== sources.length) throw unknownModels(told.expected.length, sources.length);
  return told;
}

function recalled(learned: JsonValue | undefined): Outlook | undefined {
  if (typeof learned !== 'object' || learned === null || !('expected' in learned)) return undefined;
  return learned as JsonValue & Outlook;
}

function unknownModels(known: number, models: number): InvalidOptionError {
  return new InvalidOptionError(
    'state',
    `A multiplexer of ${models} models needs what is known of each (priorMultiplexer, or a profile); it knows ${known}.`,
  );
}

/** Models that were not tried, the least expected loss first. */
function byLoss({ expected, tried }: Position, fallbackUsd: number): readonly number[] {
  const losses = expected.map(({ pass, usd }) => usd + (1 - pass) * fallbackUsd);
  return losses
    .map((_, index) => index)
    .filter((index) => !tried.includes(index))
    .toSorted((a, b) => (losses[a] ?? 0) - (losses[b] ?? 0));
}

function askNext(fallbackUsd: number, state: MultiplexState): MultiplexState {
  const { action: _, drawn: __, ...position } = state;
  return ask(position, byLoss(position, fallbackUsd)[0]);
}

function ask(position: Position, from: number | undefined): MultiplexState {
  if (from === undefined) return giveUp(position, 'no model passed');
  const commit = position.scorer === undefined;
  return {
    ...position,
    tried: [...position.tried, from],
    action: { type: 'draw', from, count: 1, ...(commit && { commit }) },
  };
}

function afterDraw(fallbackUsd: number, state: MultiplexState, [drawn]: readonly CandidateView[]): MultiplexState {
  if (drawn === undefined) return askNext(fallbackUsd, state);
  if (state.scorer !== undefined) {
    return { ...state, drawn, action: { type: 'score', scorer: 0, candidates: [drawn.id] } };
  }
  const { pass = 0 } = state.expected[drawn.from] ?? {};
  const accepted = accept(state, drawn, { confidence: pass, signal: 'expected-pass', isDoubted: isDoubtful(drawn) });
  return { ...state, asked: [...state.asked, { from: drawn.from, id: drawn.id }], action: accepted };
}

function afterScore(fallbackUsd: number, state: MultiplexState, [verdict]: readonly Verdict[]): MultiplexState {
  const { drawn, scorer = '', asked, ...rest } = state;
  if (drawn === undefined) return state;
  const { from, id } = drawn;
  const { status = 'abstain' } = verdict ?? {};
  const isJudged = status === 'accept' || status === 'reject';
  const told = {
    ...rest,
    scorer,
    asked: [...asked, { from, id, ...(isJudged && { passed: status === 'accept' }) }],
  };
  const best = bestByVerdict(verdict === undefined ? [] : [verdict], { best: state.best, accept: undefined });
  if (status === 'reject') return askNext(fallbackUsd, { ...told, ...(best !== undefined && { best }) });
  // Nobody's opinion is no rejection: asking on would pay for the same silence again.
  const judged = status === 'accept' ? shareOf(verdict?.score ?? 1, scorer) : {};
  return { ...told, action: accept(told, drawn, { ...judged, isDoubted: status !== 'accept' }) };
}

function giveUp({ drawn, ...position }: Position, reason: string): MultiplexState {
  const { best, scorer = '' } = position;
  const id = drawn?.id ?? best?.candidate ?? position.asked[0]?.id;
  if (id === undefined) return { ...position, action: { type: 'stop', reason } };
  const share = best !== undefined && best.candidate === id ? shareOf(best.score, scorer) : {};
  return { ...position, action: { type: 'accept', candidate: id, ...share, accepted: false, reason } };
}

function accept(
  { expected, tried }: Pick<Position, 'expected' | 'tried'>,
  { id, from }: CandidateView,
  { isDoubted, ...share }: Pick<AcceptAction, 'confidence' | 'signal'> & { readonly isDoubted: boolean },
): AcceptAction {
  const { pass = 0, usd = 0 } = expected[from] ?? {};
  const notAsked = expected.map((_, index) => index).filter((index) => !tried.includes(index));
  return {
    type: 'accept',
    candidate: id,
    ...share,
    ...(isDoubted && { accepted: false }),
    reason: `expected to pass with ${pass.toFixed(2)} for $${usd.toPrecision(2)}`,
    ...(notAsked.length > 0 && { notAsked }),
  };
}

/** A score as a decision may show it: only what is a share. */
function shareOf(score: number, signal: string): Pick<AcceptAction, 'confidence' | 'signal'> {
  return score >= 0 && score <= 1 ? { confidence: score, signal } : {};
}
