import type { Action, StrategyCore, StrategyEvent } from '@tollgate/sdk';

/** What a core keeps: plain JSON, and nothing of it but `ids` depends on how candidates are named. */
interface RandomState {
  /** What was seen, in words. */
  readonly seen: readonly string[];
  readonly ids: readonly string[];
  /** Samples in flight. */
  readonly pending: number;
  readonly action: Action;
}

/** How a random core is made. */
export interface RandomCoreOptions {
  readonly seed: number;
  /** Actions before it must decide. */
  readonly actions: number;
  /** Which sources are bare models: they may be drawn from several at once and one by one. */
  readonly bare: readonly boolean[];
  readonly scorers: number;
}

/** A core without sense that always ends: what it wants follows from a hash of all that it has seen. */
export function randomCore({ seed, actions, bare, scorers }: RandomCoreOptions): StrategyCore<RandomState> {
  const choose = (state: Omit<RandomState, 'action'>): Action => {
    const digits = digitsOf(`${seed}/${state.seen.join('/')}`);
    const wants = state.seen.length >= actions ? 7 + digits(3) : digits(10);
    const from = digits(bare.length);
    const candidate = state.ids[digits(state.ids.length)];
    if (wants < 3) return { type: 'draw', from, count: bare[from] === true ? 1 + digits(3) : 1, commit: digits(2) === 0 };
    if (wants < 5) {
      if (state.pending > 0) return { type: 'wait' };
      const isBare = bare[from] === true;
      return { type: 'draw', from, count: isBare ? 1 + digits(3) : 1, deliver: isBare ? 'each' : 'together' };
    }
    if (wants < 7 && scorers > 0 && candidate !== undefined) {
      return { type: 'score', scorer: digits(scorers), candidates: state.ids.filter((id) => id === candidate || digits(2) === 0) };
    }
    if (wants < 9 && candidate !== undefined) {
      return { type: 'accept', candidate, accepted: digits(2) === 0, confidence: digits(11) / 10, reason: `by ${seed}` };
    }
    return digits(2) === 0 ? { type: 'abstain', reason: `by ${seed}` } : { type: 'stop', reason: `by ${seed}` };
  };
  const then = (state: Omit<RandomState, 'action'>): RandomState => ({ ...state, action: choose(state) });
  return {
    name: `random ${seed}`,
    start: () => then({ seen: [], ids: [], pending: 0 }),
    observe: (state, event) => {
      const { action } = state;
      if (action.type === 'accept') return state;
      const candidates = event.type === 'drawn' ? event.candidates : [];
      const seen = [...state.seen, inWords(event)];
      if (action.type === 'draw' && action.commit === true && action.count === 1 && candidates[0] !== undefined) {
        // It is being shown already.
        return { ...state, seen, action: { type: 'accept', candidate: candidates[0].id, reason: `by ${seed}` } };
      }
      const ofBareModel = event.type !== 'scored' && bare[event.from] === true;
      return then({
        seen,
        ids: [...state.ids, ...candidates.map(({ id }) => id)],
        pending: state.pending + (ofBareModel ? launched(action) : 0),
      });
    },
    next: (state) => state.action,
  };
}

/** How many more are in flight once an action has brought its first event. */
function launched(action: Action): number {
  if (action.type === 'wait') return -1;
  return action.type === 'draw' && action.deliver === 'each' ? action.count - 1 : 0;
}

function inWords(event: StrategyEvent): string {
  switch (event.type) {
    case 'drawn':
    case 'extended':
      return `${event.from}:${event.candidates
        .map(({ answer, finish, decision }) => `${answer} ${finish} ${decision?.status} ${decision?.confidence}`)
        .join(',')}`;
    case 'scored':
      return event.verdicts.map(({ status, score }) => `${status} ${score}`).join(',');
    case 'failed':
      return `${event.from} failed: ${event.action} ${event.code}`;
    case 'budget':
      return `${event.from} budget`;
    case 'launched':
      return `${event.from} launched`;
    default:
      return event satisfies never;
  }
}

/** Small numbers, one after the other, out of a hash of a text. */
function digitsOf(text: string): (bound: number) => number {
  let hash = 2166136261;
  const mix = (unit: number): void => {
    hash = Math.imul(hash ^ unit, 16777619);
    hash ^= hash >>> 13;
  };
  for (let i = 0; i < text.length; i += 1) mix(text.charCodeAt(i));
  return (bound) => {
    mix(bound);
    return bound === 0 ? 0 : (hash >>> 0) % bound;
  };
}
