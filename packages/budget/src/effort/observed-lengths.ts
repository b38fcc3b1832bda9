import type { Candidate, Charge, ModelRef } from '@tollgate/sdk';
import type { EffortObservation } from './effort-plan.ts';
import type { ReasoningLength } from './reasoning-lengths.ts';

/** What is to be read: the charges of a call, and what they made. */
export interface ChargedCall {
  readonly charges: readonly Charge[];
  readonly candidates: readonly Candidate[];
  /** The model that was asked. Attempts without an answer are its own only if they carry its name: others were judges. */
  readonly model: ModelRef;
  /** Where reasoning was ended. */
  readonly maxReasoningTokens?: number | undefined;
}

/**
 * The reasoning lengths of a call, one for each attempt: tokens of one sample, the mean where an attempt made several.
 *
 * A length is cut when it reached the cap, and when the attempt ended (length, budget, abort, failure) before any of its
 * answer was there. An amount that the provider did not give is unknown, and never 0.
 */
export function observedLengths({
  charges,
  candidates,
  model,
  maxReasoningTokens = Infinity,
}: ChargedCall): Pick<EffortObservation, 'lengths'> & { readonly unknown: number } {
  const lengths: ReasoningLength[] = [];
  let unknown = 0;
  for (const { attemptId, usage, usageKnown, ...charge } of charges) {
    const made = candidates.filter((candidate) => candidate.attemptId === attemptId);
    const isOurs = charge.model.provider === model.provider && charge.model.modelId === model.modelId;
    if (made.length === 0 && !isOurs) continue;
    const { outputReasoning, outputText = 0 } = usage;
    if (outputReasoning === undefined || usageKnown === 'upper-bound') {
      unknown += 1;
      continue;
    }
    const tokens = outputReasoning / Math.max(1, made.length);
    const isStopped = made.length === 0 || made.some(({ finish }) => endedEarly.has(finish.by));
    lengths.push({ tokens, isCut: tokens >= maxReasoningTokens || (isStopped && outputText === 0) });
  }
  return { lengths, unknown };
}

const endedEarly: ReadonlySet<string> = new Set(['length', 'budget', 'aborted']);
