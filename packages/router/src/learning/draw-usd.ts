import { type GenerateResult, totalUsd } from '@tollgate/sdk';

/**
 * What the draws cost that gave these candidates, in US dollars: of a source that is a strategy itself, all it asked.
 * Undefined where one of its attempts has no price, or nothing was charged for them.
 */
export function drawUsd({ candidates, charges, trace }: GenerateResult, ids: readonly string[]): number | undefined {
  const wanted = candidates.filter(({ id }) => ids.includes(id));
  const draws = new Set(wanted.map(({ attemptId }) => drawOf(attemptId, trace.id)));
  const own = charges.filter(({ attemptId }) => draws.has(drawOf(attemptId, trace.id)));
  return own.length === 0 ? undefined : totalUsd(own);
}

/** Attempts are named by their way down from the run, whose first step is the draw. A model made by hand has its own names. */
function drawOf(attemptId: string, runId: string): string {
  if (!attemptId.startsWith(`${runId}.`)) return attemptId;
  return attemptId.slice(runId.length + 1).split(/[./]/, 1)[0] ?? attemptId;
}
