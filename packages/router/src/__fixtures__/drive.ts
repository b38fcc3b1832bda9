import type { Action, CandidateView, StrategyCore, StrategyEvent, TaskView, Verdict } from '@tollgate/sdk';
import { expect } from 'vitest';

/** A sample to come: its answer, null for none, or more of a candidate. */
export type Sample = string | null | Partial<CandidateView>;

/** What a core is driven with. */
export interface World {
  /** Samples of each source in the order in which they are drawn. A draw of more than there are brings what there is. */
  readonly sources: readonly (readonly Sample[])[];
  /** Names of scorers. */
  readonly scorers?: readonly string[];
  /** What was learned before. */
  readonly learned?: TaskView['learned'];
  readonly judge?: (candidate: CandidateView) => Omit<Verdict, 'candidateId'>;
  /** Takes the place of the answer to the action of this number (from 0). */
  readonly instead?: { readonly [step: number]: readonly StrategyEvent[] };
}

type Asking = Extract<Action, { type: 'draw' | 'score' }>;
type Deciding = Extract<Action, { type: 'accept' | 'abstain' | 'stop' }>;

/** How a drive went. */
export interface Drive {
  /** What the core asked, in order. */
  readonly asked: readonly Asking[];
  readonly decision: Deciding;
  /** The candidate that was accepted. */
  readonly chosen: CandidateView | undefined;
  /** Samples asked for, by source. */
  readonly samples: readonly number[];
}

/**
 * Drives a core by hand. At every step the state is frozen, sent through JSON and compared, so that a core that mutates
 * its state, or keeps something in it that JSON does not, fails here.
 */
export function drive<State>(core: StrategyCore<State>, world: World): Drive {
  const seen = new Map<string, CandidateView>();
  const samples = world.sources.map(() => 0);
  const asked: Asking[] = [];
  let state = frozenCopy(core, core.start(taskView(world)));
  for (let step = 0; step < 1000; step += 1) {
    const action = core.next(state);
    if (action.type !== 'draw' && action.type !== 'score') {
      if (action.type === 'wait' || action.type === 'extend') throw new Error(`unexpected ${action.type}`);
      const chosen = action.type === 'accept' ? seen.get(action.candidate) : undefined;
      if (action.type === 'accept') expect(chosen, 'accepted a candidate that was never drawn').toBeDefined();
      return { asked, decision: action, chosen, samples };
    }
    asked.push(action);
    for (const event of world.instead?.[step] ?? [answerTo(action, world, { seen, samples })]) {
      if (event.type === 'drawn') for (const candidate of event.candidates) seen.set(candidate.id, candidate);
      state = frozenCopy(core, core.observe(state, event));
    }
  }
  throw new Error('the core did not decide within 1000 steps');
}

/** A candidate as a core sees it. */
export function view(sample: Sample, id: string, from = 0): CandidateView {
  if (sample === null) return { id, from, finish: 'eos' };
  if (typeof sample === 'string') return { id, from, finish: 'eos', answer: sample };
  return { id, from, finish: 'eos', ...sample };
}

function answerTo(
  action: Asking,
  world: World,
  memory: { readonly seen: ReadonlyMap<string, CandidateView>; readonly samples: number[] },
): StrategyEvent {
  if (action.type === 'draw') {
    const first = memory.samples[action.from] ?? 0;
    memory.samples[action.from] = first + action.count;
    const next = world.sources[action.from]?.slice(first, first + action.count) ?? [];
    const candidates = next.map((sample, i) => view(sample, `${action.from}.${first + i}`, action.from));
    return { type: 'drawn', from: action.from, candidates };
  }
  const verdicts = action.candidates.map((id): Verdict => {
    const candidate = memory.seen.get(id);
    if (candidate === undefined || world.judge === undefined) throw new Error(`cannot judge ${id}`);
    return { candidateId: id, ...world.judge(candidate) };
  });
  return { type: 'scored', scorer: action.scorer, verdicts };
}

function frozenCopy<State>(core: StrategyCore<State>, state: State): State {
  const copy = JSON.parse(JSON.stringify(state)) as State;
  expect(copy).toEqual(state);
  expect(core.next(copy)).toEqual(core.next(state));
  return deepFreeze(copy);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(Object.freeze(value))) deepFreeze(inner);
  return value;
}

function taskView({ sources, scorers, learned }: World): TaskView {
  return {
    sources: sources.map((_, i) => ({
      name: `model-${i}`,
      samples: { nativeMax: 64, promptBilledOnce: true, cancelOne: true },
      logprobs: 'none',
      continuation: 'none',
    })),
    scorers: scorers ?? [],
    promptCharacters: 10,
    ...(learned !== undefined && { learned }),
  };
}
