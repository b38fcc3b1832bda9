import type { Action, StrategyCore, StrategyEvent } from '../../spec/strategy-core.ts';

/** A core whose state is all it was told: a test says what it wants next. */
export function coreOf(
  next: (events: readonly StrategyEvent[]) => Action,
  more: Partial<StrategyCore<readonly StrategyEvent[]>> = {},
): StrategyCore<readonly StrategyEvent[]> {
  return { name: 'core', start: () => [], observe: (events, event) => [...events, event], next, ...more };
}

/** Ids of everything that was drawn or extended, in order. */
export function drawnIds(events: readonly StrategyEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'drawn' || event.type === 'extended' ? event.candidates.map(({ id }) => id) : [],
  );
}

/** Draws as told, as long as there is money, then accepts the last candidate, or stops where there is none. */
export function drawThenAccept(...draws: readonly Extract<Action, { type: 'draw' }>[]): StrategyCore<readonly StrategyEvent[]> {
  return coreOf((events) => {
    const draw = events.some((event) => event.type === 'budget') ? undefined : draws[events.length];
    const candidate = drawnIds(events).at(-1);
    if (draw !== undefined) return draw;
    return candidate === undefined
      ? { type: 'stop', reason: 'nothing came' }
      : { type: 'accept', candidate, reason: 'the last one' };
  });
}
