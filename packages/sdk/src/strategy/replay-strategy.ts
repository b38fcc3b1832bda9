import { TollgateError } from '../errors/tollgate-error.ts';
import type { Decision } from '../spec/result.ts';
import type { Verdict } from '../spec/scorer.ts';
import type {
  Action,
  CandidateView,
  SourceView,
  StrategyCore,
  StrategyEvent,
  TaskView,
} from '../spec/strategy-core.ts';
import { drawFailure, maxActions } from './draw-failure.ts';

/** Recorded samples of one source for one task. Draws are in order and never give a sample twice. */
export interface ReplaySource {
  readonly view: SourceView;
  /**
   * The next `count` samples.
   *
   * @throws TollgateError `exhausted` when there are fewer; `budget-exceeded` when a cap is reached.
   */
  draw(count: number): readonly CandidateView[];
}

/** What a core is replayed on: one task. */
export interface ReplayTable {
  readonly sources: readonly ReplaySource[];
  /** Names of the scorers, in the order of `score` actions. @defaultValue none */
  readonly scorers?: readonly string[];
  /** Recorded verdicts. Needed only by cores that score. */
  score?(scorer: number, candidateIds: readonly string[]): readonly Verdict[];
  readonly promptCharacters?: number;
  readonly taskClass?: string;
  readonly features?: TaskView['features'];
}

/** What a replayed core decided. */
export interface ReplayOutcome {
  readonly status: Decision['status'];
  /** The answer, where there is one. */
  readonly chosen?: CandidateView;
  readonly confidence?: number;
  readonly signal?: string;
  readonly reason: string;
}

/**
 * Runs a core on recorded samples: synchronous, without models, the same decisions as `runStrategy`.
 *
 * @throws TollgateError `exhausted` from the table; `internal` for a core that never decides; `invalid-option` for a core
 * that needs what tables do not have (steps, verdicts that were not recorded).
 *
 * @example
 * const outcome = replayStrategy(voteCore({ samples: 3 }), { sources: [recorded] });
 */
export function replayStrategy<State>(core: StrategyCore<State>, table: ReplayTable): ReplayOutcome {
  const drawn = new Map<string, CandidateView>();
  const undelivered: CandidateView[] = [];
  let outOfMoney = false;
  let state = core.start(viewOf(table));
  for (let i = 0; i < maxActions; i += 1) {
    const action = core.next(state);
    switch (action.type) {
      case 'draw':
      case 'wait':
      case 'score': {
        const event = observeAction(action, table, drawn, undelivered);
        if (event.type === 'budget') outOfMoney = true;
        state = core.observe(state, event);
        break;
      }
      case 'accept':
        return accepted(action, drawn, outOfMoney);
      case 'abstain':
        return {
          status: 'abstained',
          reason: action.reason,
          ...(action.confidence !== undefined && { confidence: action.confidence }),
          ...(action.signal !== undefined && { signal: action.signal }),
        };
      case 'stop':
        return { status: outOfMoney ? 'budget' : 'abstained', reason: action.reason };
      case 'extend':
        throw new TollgateError(
          'invalid-option',
          `"${core.name}" works step by step; a table of outcomes has no steps.`,
        );
      default:
        action satisfies never;
    }
  }
  throw new TollgateError('internal', `"${core.name}" did not decide within ${maxActions} actions.`);
}

/** A strategy as a source of another strategy's replay: each draw runs it once. */
export function replayAsSource<State>(core: StrategyCore<State>, table: ReplayTable, view: SourceView): ReplaySource {
  let runs = 0;
  return {
    view,
    draw: (count) => {
      const candidates: CandidateView[] = [];
      for (let i = 0; i < count; i += 1) {
        const outcome = replayStrategy(core, table);
        runs += 1;
        if (outcome.chosen === undefined) continue;
        candidates.push({
          ...outcome.chosen,
          id: `${view.name}/${runs}/${outcome.chosen.id}`,
          decision: {
            status: outcome.status,
            ...(outcome.confidence !== undefined && { confidence: outcome.confidence }),
          },
        });
      }
      return candidates;
    },
  };
}

function viewOf(table: ReplayTable): TaskView {
  return {
    sources: table.sources.map((source) => source.view),
    scorers: table.scorers ?? [],
    promptCharacters: table.promptCharacters ?? 0,
    ...(table.taskClass !== undefined && { taskClass: table.taskClass }),
    ...(table.features !== undefined && { features: table.features }),
  };
}

function observeAction(
  action: Extract<Action, { type: 'draw' | 'wait' | 'score' }>,
  table: ReplayTable,
  drawn: Map<string, CandidateView>,
  undelivered: CandidateView[],
): StrategyEvent {
  const from = action.type === 'score' ? action.scorer : action.type === 'draw' ? action.from : 0;
  try {
    if (action.type === 'score') {
      if (table.score === undefined) {
        throw new TollgateError(
          'invalid-option',
          'This strategy scores candidates; the table has no recorded verdicts.',
        );
      }
      return { type: 'scored', scorer: action.scorer, verdicts: table.score(action.scorer, action.candidates) };
    }
    if (action.type === 'draw') {
      const candidates = drawFrom(table, action.from, action.count, drawn);
      if (action.deliver !== 'each') return { type: 'drawn', from: action.from, candidates };
      undelivered.push(...candidates);
    }
    const next = undelivered.shift();
    if (next === undefined) throw new TollgateError('internal', 'The core waits, and nothing is in flight.');
    return { type: 'drawn', from: next.from, candidates: [next] };
  } catch (error) {
    const meaning = drawFailure(error);
    if (meaning === 'not-for-cores') throw error;
    if (meaning === 'budget') return { type: 'budget', from };
    return {
      type: 'failed',
      from,
      action: action.type === 'score' ? 'score' : 'draw',
      code: (error as TollgateError).code,
    };
  }
}

function drawFrom(
  table: ReplayTable,
  from: number,
  count: number,
  drawn: Map<string, CandidateView>,
): readonly CandidateView[] {
  const source = table.sources[from];
  if (source === undefined)
    throw new TollgateError('internal', `The core drew from source ${from}; there are ${table.sources.length}.`);
  const candidates = source.draw(count);
  let placed = candidates;
  if (candidates.some((candidate) => candidate.from !== from))
    placed = candidates.map((candidate) => ({ ...candidate, from }));
  for (const candidate of placed) drawn.set(candidate.id, candidate);
  return placed;
}

function accepted(
  action: Extract<Action, { type: 'accept' }>,
  drawn: ReadonlyMap<string, CandidateView>,
  outOfMoney: boolean,
): ReplayOutcome {
  const chosen = drawn.get(action.candidate);
  if (chosen === undefined) {
    throw new TollgateError('internal', `The core accepted candidate "${action.candidate}", which was never drawn.`);
  }
  return {
    status: acceptStatus(action, outOfMoney),
    chosen,
    reason: action.reason,
    ...(action.confidence !== undefined && { confidence: action.confidence }),
    ...(action.signal !== undefined && { signal: action.signal }),
  };
}

/** What an `accept` means once it is known whether money ended the search. */
export function acceptStatus(action: Extract<Action, { type: 'accept' }>, outOfMoney: boolean): Decision['status'] {
  if (action.accepted !== false) return 'accepted';
  return outOfMoney ? 'budget' : 'rejected';
}
