import type { CandidateView, StrategyEvent } from '../spec/strategy-core.ts';
import { failureEvent } from './draw-failure.ts';

/** What came of asking a source once: candidates, and whether money ended its own search; or an error. */
export type Drawn =
  | { readonly candidates: readonly CandidateView[]; readonly budget: boolean }
  | { readonly error: unknown };

/**
 * What a core is told of a draw: first everything that arrived, in one event, then what failed. Both drivers use it.
 *
 * @throws the first error that no core may hide.
 */
export function drawnEvents(from: number, draws: readonly Drawn[]): readonly StrategyEvent[] {
  const [only] = draws;
  // The usual case, and all that a replay of a table ever has.
  if (draws.length === 1 && only !== undefined && 'candidates' in only && !only.budget) {
    return [{ type: 'drawn', from, candidates: only.candidates }];
  }
  const candidates: CandidateView[] = [];
  const events: StrategyEvent[] = [];
  for (const drawn of draws) {
    if ('error' in drawn) events.push(failureEvent(drawn.error, from, 'draw'));
    else {
      candidates.push(...drawn.candidates);
      if (drawn.budget) events.push({ type: 'budget', from });
    }
  }
  const isAnswered = draws.length === 0 || draws.some((drawn) => 'candidates' in drawn);
  return isAnswered ? [{ type: 'drawn', from, candidates }, ...events] : events;
}
