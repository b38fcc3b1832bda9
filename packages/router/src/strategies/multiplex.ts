import {
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type JsonValue,
  type Model,
  runStrategy,
  type Scorer,
  type StrategyCore,
  type TaskView,
  type Verdict,
} from '@tollgate/sdk';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import type { MultiplexerMemory } from '../learning/multiplexer-memory.ts';
import { type Expectation, expectations, type MultiplexerState } from '../learning/multiplexer-state.ts';
import { hasDecided, type WithAction } from './decided.ts';

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
  readonly judges: boolean;
  readonly asked: readonly AskedModel[];
  /** Models that were asked or failed. */
  readonly tried: readonly number[];
  /** What the last model gave, while its scorer is asked. */
  readonly drawn?: CandidateView;
}

/**
 * Sends each request to the model that is expected to be cheapest for it, with a wrong answer priced: the least
 * `cost + (1 − chance to pass) · fallbackUsd`. Ties go to the earlier model.
 *
 * With a scorer a rejected answer sends the request on to the best of the others. Where none passes, the first is given as
 * not accepted.
 *
 * @throws InvalidOptionError when `fallbackUsd` is negative; at the start, when nothing is known of the models, or of
 * another number of them.
 */
// Source: model multiplexing, arXiv 2306.02003: route to argmin of expected cost, small then large on failure.
// Differs: the expected cost comes from a logistic regression on features of the request, not from a table of known queries.
export function multiplexCore({ fallbackUsd, state: known }: MultiplexCoreOptions): StrategyCore<MultiplexState> {
  if (!(fallbackUsd >= 0 && fallbackUsd < Infinity)) {
    throw new InvalidOptionError(
      'fallbackUsd',
      `fallbackUsd must be US dollars of 0 or more, received ${fallbackUsd}.`,
    );
  }
  return {
    name: 'multiplex',
    parameters: { fallbackUsd },
    start: (view) => {
      const { expected, explore } = knowledge(view, known);
      const begun = { expected, judges: view.scorers.length > 0, asked: [], tried: [] };
      return explore === undefined ? askBest(fallbackUsd, begun) : ask(begun, explore);
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'drawn':
          return afterDraw(fallbackUsd, state, event.candidates);
        case 'scored':
          return afterScore(fallbackUsd, state, event.verdicts);
        case 'failed':
          return event.action === 'score'
            ? afterScore(fallbackUsd, state, [])
            : goOn(fallbackUsd, state, 'the model failed');
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
 * @throws InvalidOptionError as `multiplexCore`.
 *
 * @example
 * const model = multiplex([small, big], { fallbackUsd: 0.02, memory, scorer: verifyScorer() });
 */
export function multiplex(models: readonly Model[], options: MultiplexOptions): Model {
  const { scorer, memory, answer, ...rules } = options;
  if (memory === undefined && rules.state === undefined) throw unknownModels(0, models.length);
  return runStrategy(multiplexCore(rules), {
    sources: models,
    ...(scorer !== undefined && { scorers: [scorer] }),
    ...(answer !== undefined && { answer }),
    ...(memory !== undefined && { memory }),
  });
}

function knowledge(
  { learned, features = {}, sources }: TaskView,
  known: MultiplexerState | undefined,
): { readonly expected: readonly Expectation[]; readonly explore?: number } {
  const told = recalled(learned) ?? (known === undefined ? undefined : { expected: expectations(known, features) });
  if (told === undefined || told.expected.length !== sources.length)
    throw unknownModels(told?.expected.length ?? 0, sources.length);
  return told;
}

function recalled(
  learned: JsonValue | undefined,
): { readonly expected: readonly Expectation[]; readonly explore?: number } | undefined {
  if (typeof learned !== 'object' || learned === null || !('expected' in learned)) return undefined;
  return learned as unknown as { readonly expected: readonly Expectation[]; readonly explore?: number };
}

function unknownModels(known: number, models: number): InvalidOptionError {
  return new InvalidOptionError(
    'state',
    `A multiplexer of ${models} models needs what is known of each (priorMultiplexer, or a profile); it knows ${known}.`,
  );
}

function askBest(fallbackUsd: number, state: Omit<MultiplexState, 'action'>): MultiplexState {
  let best: { readonly index: number; readonly loss: number } | undefined;
  for (const [index, { pass, usd }] of state.expected.entries()) {
    const loss = usd + (1 - pass) * fallbackUsd;
    if (!state.tried.includes(index) && (best === undefined || loss < best.loss)) best = { index, loss };
  }
  return best === undefined ? giveUp(state, 'no model passed') : ask(state, best.index);
}

function ask(state: Omit<MultiplexState, 'action'>, from: number): MultiplexState {
  const { judges } = state;
  return {
    ...state,
    tried: [...state.tried, from],
    action: { type: 'draw', from, count: 1, ...(!judges && { commit: true }) },
  };
}

function afterDraw(fallbackUsd: number, state: MultiplexState, [drawn]: readonly CandidateView[]): MultiplexState {
  if (drawn === undefined) return goOn(fallbackUsd, state, 'the model gave nothing');
  if (state.judges) return { ...state, drawn, action: { type: 'score', scorer: 0, candidates: [drawn.id] } };
  const asked = [...state.asked, { from: drawn.from, id: drawn.id }];
  return { ...state, asked, action: accept(state, drawn, !isDoubtful(drawn)) };
}

function afterScore(fallbackUsd: number, state: MultiplexState, [verdict]: readonly Verdict[]): MultiplexState {
  const { drawn, ...rest } = state;
  if (drawn === undefined) return state;
  const { status = 'abstain' } = verdict ?? {};
  const judged = status === 'accept' || status === 'reject';
  const asked = [...rest.asked, { from: drawn.from, id: drawn.id, ...(judged && { passed: status === 'accept' }) }];
  const told = { ...rest, asked };
  // Nobody's opinion is no rejection: asking on would pay for the same silence again.
  if (status !== 'reject') return { ...told, action: accept(told, drawn, status === 'accept') };
  return goOn(fallbackUsd, told, 'it was rejected');
}

function goOn(fallbackUsd: number, state: MultiplexState, reason: string): MultiplexState {
  const { action: _, drawn: __, ...rest } = state;
  return state.judges || state.asked.length === 0 ? askBest(fallbackUsd, rest) : giveUp(rest, reason);
}

function giveUp(state: Omit<MultiplexState, 'action'>, reason: string): MultiplexState {
  const [first] = state.asked;
  const id = first?.id ?? state.drawn?.id;
  if (id === undefined) return { ...state, action: { type: 'stop', reason } };
  return { ...state, action: { type: 'accept', candidate: id, accepted: false, reason } };
}

function accept(
  state: Pick<MultiplexState, 'expected' | 'tried'>,
  { id, from }: CandidateView,
  isAccepted: boolean,
): MultiplexState['action'] {
  const { pass = 0, usd = 0 } = state.expected[from] ?? {};
  const notAsked = state.expected.map((_, index) => index).filter((index) => !state.tried.includes(index));
  return {
    type: 'accept',
    candidate: id,
    confidence: pass,
    signal: 'expected-pass',
    ...(!isAccepted && { accepted: false }),
    reason: `expected to pass with ${pass.toFixed(2)} for $${usd.toPrecision(2)}`,
    ...(notAsked.length > 0 && { notAsked }),
  };
}
