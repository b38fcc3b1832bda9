import { InvalidOptionError, type TurnPolicy, type TurnView } from '@tollgate/sdk';
import { quantile } from '@tollgate/stats';
import { checkTurns } from './check-turns.ts';
import { type ClosingState, closeFor, notClosing } from './closing-turn.ts';
import { type DecidedTurns, decisionOn, noTurns, withDecision, withObserved } from './decided-turns.ts';
import { type FenceState, noCosts, withTurnCost } from './turn-fence.ts';

/** What ends an agent that runs away. */
export interface TurnBreakers {
  /** Turns that cost more and more. @defaultValue { factor: 3, window: 5, turns: 3 } */
  readonly growth?:
    | {
        /** A turn that costs as many times the median of those before it is dear. Range (1, ∞). @defaultValue 3 */
        readonly factor?: number;
        /** Turns before it that it is held against. Whole number in [1, ∞). @defaultValue 5 */
        readonly window?: number;
        /** Dear turns in a row that end the agent. Whole number in [1, ∞). @defaultValue 3 */
        readonly turns?: number;
      }
    | 'off';
  /** Money spent too fast, where the loop has a clock. @defaultValue none */
  readonly velocity?: {
    /** US dollars that may be spent within the time. Range (0, ∞). */
    readonly usd: number;
    /** Milliseconds. Range (0, ∞). @defaultValue 60000 */
    readonly perMs?: number;
  };
}

/** The state of a policy with breakers. Plain JSON. */
export interface BreakerState<State> {
  readonly inner: State;
  readonly turns: DecidedTurns;
  readonly costs: FenceState;
  /** Dear turns in a row. */
  readonly dear: number;
  /** What was spent, at times within the last `perMs` and at the newest one before. */
  readonly spent: readonly { readonly atMs: number; readonly usd: number }[];
  /** Which breaker ended it, for good. */
  readonly broken: string | null;
  readonly closing: ClosingState;
}

interface Rules {
  readonly growth: { readonly factor: number; readonly window: number; readonly turns: number } | undefined;
  readonly velocity: { readonly usd: number; readonly perMs: number } | undefined;
}

/**
 * A policy that also ends, by a closing turn, an agent whose turns cost more and more, or that spends too fast. A breaker that
 * has ended an agent stays so: to go on all the same, resume with the state of a new policy.
 *
 * @throws InvalidOptionError for options out of range.
 * @example
 * withBreakers(dynamicTurns({ initial: 20 }), { velocity: { usd: 1 } });
 */
export function withBreakers<State>(
  policy: TurnPolicy<State>,
  breakers: TurnBreakers = {},
): TurnPolicy<BreakerState<State>> {
  const rules = rulesOf(breakers);
  return {
    name: `${policy.name}, with breakers`,
    ...(policy.mayExtend === true && { mayExtend: true }),
    start: () => ({
      inner: policy.start(),
      turns: noTurns,
      costs: noCosts,
      dear: 0,
      spent: [],
      broken: null,
      closing: notClosing,
    }),
    before: (state, turn) => {
      const known = decisionOn(state.turns, turn.turnKey);
      if (known?.type === 'proceed' || (known !== undefined && state.broken !== null))
        return { state, decision: known };
      const watched = known === undefined ? watch(state, { turn, rules }) : state;
      if (watched.broken === null) {
        const { state: inner, decision } = policy.before(state.inner, turn);
        if (decision.type === 'stop') return { state, decision };
        // A closing turn is one whoever announced it: a breaker adds none to those that there were.
        const closings = decision.type === 'closing' ? state.closing.closings + (known === undefined ? 1 : 0) : 0;
        const turns = withDecision(state.turns, turn.turnKey, decision);
        return { state: { ...watched, turns, inner, closing: { closings, answered: false } }, decision };
      }
      const { state: closing, decision } = closeFor(state.closing, watched.broken);
      if (decision.type === 'stop') return { state: watched, decision };
      const turns = withDecision(state.turns, turn.turnKey, decision);
      return { state: { ...watched, turns, closing }, decision };
    },
    after: (state, observation) => {
      const turns = withObserved(state.turns, observation.turnKey);
      if (turns === undefined) return state;
      return {
        ...state,
        turns,
        inner: policy.after(state.inner, observation),
        closing: { ...state.closing, answered: state.closing.closings > 0 && observation.finished },
      };
    },
  };
}

function watch<State>(
  state: BreakerState<State>,
  { turn, rules: { growth, velocity } }: { readonly turn: TurnView; readonly rules: Rules },
): BreakerState<State> {
  if (state.broken !== null) return state;
  const window = growth?.window ?? 1;
  const costs = withTurnCost(state.costs, turn, window + 1);
  const isNew = state.costs.spentUsd !== null && turn.spentUsd !== undefined;
  const dear = growth !== undefined && isNew ? (isDear(costs.costsUsd, growth) ? state.dear + 1 : 0) : state.dear;
  const spent = velocity === undefined ? [] : spentWithin(state.spent, turn, velocity.perMs);
  const fast = velocity === undefined ? 0 : spentLately(spent, velocity.perMs);
  let broken: string | null = null;
  if (growth !== undefined && dear >= growth.turns) {
    broken = `the last ${dear} turns each cost ${growth.factor} times the median of the ${growth.window} before or more`;
  } else if (velocity !== undefined && fast > velocity.usd) {
    broken = `$${Number(fast.toPrecision(3))} was spent in ${velocity.perMs / 1000} s, and $${velocity.usd} may be`;
  }
  return { ...state, costs, dear, spent, broken };
}

function isDear(costsUsd: readonly number[], { factor, window }: NonNullable<Rules['growth']>): boolean {
  if (costsUsd.length <= window) return false;
  const median = quantile(costsUsd.slice(-window - 1, -1), 0.5);
  return median > 0 && (costsUsd.at(-1) ?? 0) >= factor * median;
}

/** The readings of the last `perMs`, and the newest one before. */
function spentWithin(
  spent: BreakerState<unknown>['spent'],
  { atMs, spentUsd }: TurnView,
  perMs: number,
): BreakerState<unknown>['spent'] {
  if (atMs === undefined || spentUsd === undefined) return spent;
  const all = [...spent, { atMs, usd: spentUsd }];
  return all.slice(
    Math.max(
      0,
      all.findLastIndex((reading) => reading.atMs <= atMs - perMs),
    ),
  );
}

/** US dollars of the last `perMs`. What a turn cost is spread over the time it took. */
function spentLately(spent: BreakerState<unknown>['spent'], perMs: number): number {
  const [oldest, second] = spent;
  const newest = spent.at(-1);
  if (oldest === undefined || second === undefined || newest === undefined) return 0;
  const early = Math.max(0, newest.atMs - perMs - oldest.atMs);
  const share = early === 0 ? 0 : Math.min(1, early / (second.atMs - oldest.atMs));
  return newest.usd - oldest.usd - share * (second.usd - oldest.usd);
}

function rulesOf({ growth = {}, velocity }: TurnBreakers): Rules {
  const perMs = velocity?.perMs ?? 60_000;
  if (velocity !== undefined) {
    above('velocity.usd', velocity.usd, 0);
    above('velocity.perMs', perMs, 0);
  }
  const speed = velocity && { usd: velocity.usd, perMs };
  if (growth === 'off') return { growth: undefined, velocity: speed };
  const { factor = 3, window = 5, turns = 3 } = growth;
  above('growth.factor', factor, 1);
  checkTurns('growth.window', window);
  checkTurns('growth.turns', turns);
  return { growth: { factor, window, turns }, velocity: speed };
}

function above(option: string, value: number, least: number): void {
  if (value > least && value < Infinity) return;
  throw new InvalidOptionError(option, `${option} must be in (${least}, ∞), received ${String(value)}.`);
}
