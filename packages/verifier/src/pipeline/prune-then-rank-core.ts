import { InvalidOptionError, type StrategyCore, type StrategyEvent, type TaskView } from '@tollgate/sdk';
import { acceptBest, acceptFirst, acceptLeader, decidedLeader, leaderOf, rankBy } from './choose.ts';
import { type PipelineRules, pipelineRules, type PruneThenRankCoreOptions } from './core-options.ts';
import { addCandidates, addTo, applyVerdicts, skipStage, spare } from './judge-lineages.ts';
import { costTally, type Lineage, noTally, type PipelineState } from './pipeline-state.ts';
import { stageOrder } from './stage-order.ts';

/**
 * Generate, prune, rank, select: draws candidates, merges equal answers with a count, lets the stages reject, and ranks what
 * is left.
 *
 * Candidates are judged as they arrive, each by one stage after the other. Where votes rank, the search stops when nothing
 * still to come can change the winner; what is in flight is then aborted and charged.
 *
 * Nothing is pruned away entirely: where no candidate passes, those that got furthest are ranked, and the answer is given
 * as not accepted. Stages whose rejections are opinions never leave a single lineage by themselves: the best of those they
 * rejected is taken back and goes on to the later stages.
 *
 * @throws InvalidOptionError when an option is outside its range; at the start, when there are fewer scorers than stages, or
 * more than one beside them.
 */
// Source: arXiv 2506.10056 section 3 (generate, prune, rank; timeouts are kept, survivors are never empty). Rules on lineages:
// arXiv 2502.00271 (search fails where a verifier prunes every valid path). Differs: judges while drawing, and orders the
// stages by measured cost.
export function pruneThenRankCore(options: PruneThenRankCoreOptions): StrategyCore<PipelineState> {
  const rules = pipelineRules(options);
  const { samples, keepTimeouts, minSurvivors, order, rank } = rules;
  return {
    name: 'prune-then-rank',
    parameters: { samples, stages: rules.stages.length, keepTimeouts, minSurvivors, order, rank },
    start: (view) => begin(rules, view),
    observe: (state, event) => {
      const { type } = state.action;
      if (type === 'accept' || type === 'stop') return state;
      return observe(rules, state, event);
    },
    next: ({ action }) => action,
  };
}

function begin(rules: PipelineRules, view: TaskView): PipelineState {
  const { samples, stages, order, usdPerSecond } = rules;
  if (view.scorers.length < stages.length || view.scorers.length > stages.length + 1) {
    throw new InvalidOptionError(
      'scorers',
      `A pipeline of ${stages.length} stages takes ${stages.length} or ${stages.length + 1} scorers, received ${view.scorers.length}.`,
    );
  }
  const ranker = view.scorers[stages.length];
  // An engine that evaluates the prompt once for all samples is asked for them together.
  const isBatch = view.sources[0]?.samples.promptBilledOnce === true;
  return {
    action: { type: 'draw', from: 0, count: samples, deliver: isBatch ? 'together' : 'each' },
    order: order === 'given' ? stages.map((_, stage) => stage) : stageOrder(stages.length, view.learned, usdPerSecond),
    drawn: 0,
    outstanding: isBatch ? 0 : samples,
    judging: 0,
    lineages: [],
    tallies: view.scorers.map(() => noTally),
    ...(ranker !== undefined && { ranker }),
  };
}

function observe(rules: PipelineRules, state: PipelineState, event: StrategyEvent): PipelineState {
  switch (event.type) {
    case 'drawn':
      return advance(rules, addCandidates(rules, arrived(state), event.candidates));
    case 'scored':
      if (event.scorer === rules.stages.length) return select(state, event);
      return advance(rules, applyVerdicts(rules, state, event));
    case 'failed':
      if (event.action === 'draw') return advance(rules, arrived(state));
      if (event.from === rules.stages.length) return select(state, { verdicts: [] });
      return advance(rules, skipStage(state, event.candidates ?? []));
    case 'budget':
      return outOfMoney(rules, state, event);
    case 'extended':
    case 'launched':
      return state;
    default:
      return event satisfies never;
  }
}

/** Nothing new is asked of what costs money; what is in flight is waited for, and stages that are free go on. */
function outOfMoney(
  rules: PipelineRules,
  state: PipelineState,
  { from, refused, candidates = [] }: Extract<StrategyEvent, { type: 'budget' }>,
): PipelineState {
  const ended = { ...state, ended: 'money ran out' };
  if (refused === 'draw') return advance(rules, arrived(ended));
  if (refused !== 'score') return advance(rules, ended);
  return from === rules.stages.length ? select(ended, { verdicts: [] }) : advance(rules, skipStage(ended, candidates));
}

function arrived(state: PipelineState): PipelineState {
  return { ...state, outstanding: Math.max(0, state.outstanding - 1) };
}

/** What is to be done next, now that something was learned. */
function advance(rules: PipelineRules, state: PipelineState): PipelineState {
  const early = decidedEarly(rules, state);
  if (early !== undefined) return { ...state, action: early };
  const asking = judgeMore(rules, state);
  if (asking !== undefined) return asking;
  if (state.outstanding > 0 || state.judging > 0) return { ...state, action: { type: 'wait' } };
  const spared = lineagesToSpare(rules, state);
  return spared.length > 0 ? advance(rules, spare(state, spared)) : finish(rules, state);
}

/** Sends what waits for the same stage to it, as far as the rules allow at a time. */
function judgeMore({ concurrency }: PipelineRules, state: PipelineState): PipelineState | undefined {
  const room = concurrency - state.judging;
  const first = state.lineages.find(({ status }) => status === 'waiting');
  const scorer = first === undefined ? undefined : state.order[first.passed];
  if (room <= 0 || first === undefined || scorer === undefined) return undefined;
  const batch = state.lineages
    .filter(({ status, passed }) => status === 'waiting' && passed === first.passed)
    .slice(0, room);
  return {
    ...state,
    judging: state.judging + batch.length,
    lineages: state.lineages.map((lineage) => (batch.includes(lineage) ? { ...lineage, status: 'judging' } : lineage)),
    action: { type: 'score', scorer, candidates: batch.map(({ ids: [id = ''] }) => id), deliver: 'each' },
  };
}

/** The winner, where nothing that is still to come could change it. */
function decidedEarly(rules: PipelineRules, state: PipelineState): PipelineState['action'] | undefined {
  const survivors = state.lineages.filter(({ status }) => status === 'passed');
  const [first] = survivors;
  if (first === undefined) return undefined;
  const by = rankBy(rules, survivors, state.ranker !== undefined);
  if (by === 'first') return acceptFirst(state, first);
  if (by === 'scorer' || lineagesToSpare(rules, state).length > 0) return undefined;
  const maySpare = rules.minSurvivors !== 1 || rules.stages.includes('opinion');
  const leader = decidedLeader(state, maySpare);
  return leader === undefined ? undefined : acceptLeader(state, leader);
}

/** Those to be taken back: too few are left, or opinions left a single one. */
function lineagesToSpare({ stages, minSurvivors }: PipelineRules, state: PipelineState): readonly Lineage[] {
  const { lineages } = state;
  const left = lineages.filter(({ status }) => status !== 'pruned').length;
  const pruned = lineages.filter(({ status, spared }) => status === 'pruned' && !spared).toSorted(byMerit);
  const needed = minSurvivors < 1 ? Math.ceil(minSurvivors * lineages.length) : minSurvivors;
  // One that passed everything needs no company unless it was asked for; none at all is what `finish` deals with.
  const short = needed > 1 ? needed - left : 0;
  if (short > 0) return pruned.slice(0, short);
  const byOpinion = pruned.filter(({ prunedBy }) => prunedBy !== undefined && stages[prunedBy] === 'opinion');
  const leftByOpinions = lineages.length - byOpinion.length;
  return byOpinion.slice(0, Math.max(0, 2 - leftByOpinions));
}

/** Who got further comes first, then the better score; the order of drawing breaks ties. */
function byMerit(a: Lineage, b: Lineage): number {
  return b.passed - a.passed || (b.score ?? -Infinity) - (a.score ?? -Infinity) || 0;
}

/** Ranks what is left; where nothing passed, what got furthest. */
function finish(rules: PipelineRules, state: PipelineState): PipelineState {
  const contenders = contendersOf(state);
  const [first, second] = contenders;
  if (first === undefined) {
    const cause =
      state.ended ?? (state.drawn === 0 ? 'the model gave nothing' : `none of ${state.drawn} samples holds an answer`);
    return { ...state, action: { type: 'stop', reason: cause } };
  }
  const by = rankBy(rules, contenders, state.ranker !== undefined);
  if (by === 'scorer' && second !== undefined && state.ended === undefined) {
    const candidates = contenders.map(({ ids: [id = ''] }) => id);
    return { ...state, action: { type: 'score', scorer: rules.stages.length, candidates } };
  }
  return { ...state, action: byVotes(state, contenders, first) };
}

/** What the ranking scorer says; without a word from it, votes decide. */
function select(
  state: PipelineState,
  { verdicts, cost }: Pick<Extract<StrategyEvent, { type: 'scored' }>, 'verdicts' | 'cost'>,
): PipelineState {
  const contenders = contendersOf(state);
  const [first] = contenders;
  if (first === undefined) return state;
  const tally = { ...costTally(cost), judged: verdicts.length };
  const told = { ...state, tallies: addTo(state.tallies, state.tallies.length - 1, tally) };
  const name = state.ranker ?? 'score';
  const best = acceptBest(told, contenders, { name, verdicts });
  if (best !== undefined) return { ...told, action: best };
  // Votes alone are not what was asked for, so only a test can make them an accepted answer.
  const doubted = { ...told, ended: told.ended ?? `${name} has no opinion` };
  return { ...doubted, action: byVotes(doubted, contenders, first) };
}

function byVotes(state: PipelineState, contenders: readonly Lineage[], first: Lineage): PipelineState['action'] {
  const leader = leaderOf(contenders);
  return leader === undefined ? acceptFirst(state, first) : acceptLeader(state, leader);
}

/** Those that passed; where none did, the pruned ones that got furthest. */
function contendersOf({ lineages }: PipelineState): readonly Lineage[] {
  const passed = lineages.filter(({ status }) => status === 'passed');
  if (passed.length > 0) return passed;
  const furthest = Math.max(...lineages.map((lineage) => lineage.passed));
  return lineages.filter((lineage) => lineage.passed === furthest);
}
