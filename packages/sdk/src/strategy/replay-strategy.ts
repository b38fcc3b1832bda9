import { TollgateError } from '../errors/tollgate-error.ts';
import type { Decision } from '../spec/result.ts';
import type { Verdict } from '../spec/scorer.ts';
import type {
  Action,
  CandidateView,
  ScoringCost,
  SourceView,
  StrategyCore,
  StrategyEvent,
  TaskView,
} from '../spec/strategy-core.ts';
import { acceptStatus, confidenceOf } from './decision-of.ts';
import { failureEvent, maxActions } from './draw-failure.ts';
import { type Drawn, drawnEvents } from './drawn-events.ts';

type AskAction = Extract<Action, { type: 'draw' | 'wait' | 'score' }>;

/** Recorded samples of one source for one task. Draws are in order and never give a sample twice. */
export interface ReplaySource {
  readonly view: SourceView;
  /**
   * The next `count` samples; of a strategy, what each of `count` runs of it came to.
   *
   * @throws TollgateError `exhausted` when there are fewer; `budget-exceeded` when a cap is reached.
   */
  draw(count: number): readonly CandidateView[] | { readonly runs: readonly Drawn[] };
}

/** What a core is replayed on: one task. */
export interface ReplayTable {
  readonly sources: readonly ReplaySource[];
  /** Names of the scorers, in the order of `score` actions. @defaultValue none */
  readonly scorers?: readonly string[];
  /** Recorded verdicts, and what they cost where that was recorded. Needed only by cores that score. */
  score?(scorer: number, candidateIds: readonly string[]): ReplayVerdicts;
  readonly promptCharacters?: number;
  readonly taskClass?: string;
  readonly features?: TaskView['features'];
  readonly learned?: TaskView['learned'];
}

/** Verdicts as a table has them. */
export interface ReplayVerdicts {
  readonly verdicts: readonly Verdict[];
  readonly cost?: ScoringCost;
}

/** What a replayed core decided. */
export interface ReplayOutcome {
  readonly status: Decision['status'];
  /** The answer, where there is one. */
  readonly chosen?: CandidateView;
  readonly confidence?: number;
  readonly signal?: string;
  readonly reason: string;
  /** Nothing was produced and this was the last failure: what a live run throws in place of an outcome. */
  readonly failure?: TollgateError;
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
  const draws = new TableDraws(table);
  let state = core.start(viewOf(table));
  for (let i = 0; i < maxActions; i += 1) {
    const action = core.next(state);
    switch (action.type) {
      case 'draw':
      case 'wait':
      case 'score':
        for (const event of draws.perform(action)) state = core.observe(state, event);
        break;
      case 'accept':
        return accepted(action, draws);
      case 'abstain':
        return { status: 'abstained', ...confidenceOf(action), reason: action.reason };
      case 'stop':
        return {
          status: draws.outOfMoney ? 'budget' : 'abstained',
          reason: action.reason,
          ...(draws.seen.size === 0 && draws.failure !== undefined && { failure: draws.failure }),
        };
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
  const run = (): Drawn => {
    const { chosen, status, confidence, failure } = replayStrategy(core, table);
    runs += 1;
    if (failure !== undefined) return { error: failure };
    const budget = status === 'budget';
    if (chosen === undefined) return { candidates: [], budget };
    const decision = { status, ...(confidence !== undefined && { confidence }) };
    return { candidates: [{ ...chosen, id: `${view.name}/${runs}/${chosen.id}`, decision }], budget };
  };
  return { view, draw: (count) => ({ runs: Array.from({ length: count }, run) }) };
}

function viewOf(table: ReplayTable): TaskView {
  return {
    sources: table.sources.map((source) => source.view),
    scorers: table.scorers ?? [],
    promptCharacters: table.promptCharacters ?? 0,
    ...(table.taskClass !== undefined && { taskClass: table.taskClass }),
    ...(table.features !== undefined && { features: table.features }),
    ...(table.learned !== undefined && { learned: table.learned }),
  };
}

/** What a table has given to one replay. */
class TableDraws {
  readonly seen = new Map<string, CandidateView>();
  outOfMoney = false;
  failure: TollgateError | undefined;
  readonly #table: ReplayTable;
  readonly #undelivered: ({ readonly from: number; readonly drawn: Drawn } | { readonly scored: StrategyEvent })[] = [];

  constructor(table: ReplayTable) {
    this.#table = table;
  }

  perform(action: AskAction): readonly StrategyEvent[] {
    switch (action.type) {
      case 'draw':
        if (action.deliver === undefined || action.deliver === 'together') {
          return this.#told(action.from, this.#draw(action.from, action.count));
        }
        // As in life, a call for each sample: some may be had where all of them together may not.
        for (let i = 0; i < action.count; i += 1) {
          for (const drawn of this.#draw(action.from, 1)) this.#undelivered.push({ from: action.from, drawn });
        }
        return action.deliver === 'later' ? [{ type: 'launched', action: 'draw', from: action.from }] : this.#arrival();
      case 'wait':
        return this.#arrival();
      case 'score': {
        const { scorer, candidates, deliver } = action;
        if (deliver !== 'each' && deliver !== 'later') return [this.#score(scorer, candidates)];
        for (const candidate of candidates) this.#undelivered.push({ scored: this.#score(scorer, [candidate]) });
        return deliver === 'later' ? [{ type: 'launched', action: 'score', from: scorer }] : this.#arrival();
      }
      default:
        return action satisfies never;
    }
  }

  #arrival(): readonly StrategyEvent[] {
    const next = this.#undelivered.shift();
    if (next === undefined) throw new TollgateError('internal', 'The core waits, and nothing is in flight.');
    return 'scored' in next ? [next.scored] : this.#told(next.from, [next.drawn]);
  }

  #draw(from: number, count: number): readonly Drawn[] {
    const source = this.#table.sources[from];
    if (source === undefined) {
      const sources = this.#table.sources.length;
      throw new TollgateError('internal', `The core drew from source ${from}; there are ${sources}.`);
    }
    try {
      const drawn = source.draw(count);
      return 'runs' in drawn ? drawn.runs : [{ candidates: drawn, budget: false }];
    } catch (error) {
      return [{ error }];
    }
  }

  #told(from: number, draws: readonly Drawn[]): readonly StrategyEvent[] {
    const events = drawnEvents(
      from,
      draws.map((drawn) => this.#keep(from, drawn)),
    );
    if (events.some((event) => event.type === 'budget')) this.outOfMoney = true;
    return events;
  }

  #keep(from: number, drawn: Drawn): Drawn {
    if ('error' in drawn) {
      if (TollgateError.isInstance(drawn.error)) this.failure = drawn.error;
      return drawn;
    }
    const { candidates, budget } = drawn;
    const isPlaced = candidates.every((candidate) => candidate.from === from);
    const placed = isPlaced ? candidates : candidates.map((candidate) => ({ ...candidate, from }));
    for (const candidate of placed) this.seen.set(candidate.id, candidate);
    return isPlaced ? drawn : { candidates: placed, budget };
  }

  #score(scorer: number, candidateIds: readonly string[]): StrategyEvent {
    if (this.#table.score === undefined) {
      throw new TollgateError('invalid-option', 'This strategy scores candidates; the table has no recorded verdicts.');
    }
    try {
      return { type: 'scored', scorer, ...this.#table.score(scorer, candidateIds) };
    } catch (error) {
      const event = failureEvent(error, scorer, 'score', candidateIds);
      if (event.type === 'budget') this.outOfMoney = true;
      if (TollgateError.isInstance(error)) this.failure = error;
      return event;
    }
  }
}

function accepted(action: Extract<Action, { type: 'accept' }>, { seen, outOfMoney }: TableDraws): ReplayOutcome {
  const chosen = seen.get(action.candidate);
  if (chosen === undefined) {
    throw new TollgateError('internal', `The core accepted candidate "${action.candidate}", which was never drawn.`);
  }
  return { status: acceptStatus(action, outOfMoney), chosen, ...confidenceOf(action), reason: action.reason };
}
