import type { EffortLevel, GenerateRequest, ModelRef, Settlement } from '@tollgate/sdk';
import { meanLength, noLengths, type ReasoningLengths, withLength } from '../effort/reasoning-lengths.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Calls that a mean rests on, at least. */
const leastCalls = 5;

/** Learns how many tokens the models of a ledger reason for before they answer, level by level. */
export class UsualReasoning {
  readonly #lengths = new Map<string, ReasoningLengths>();

  /** Notes what a call consumed. One that has no answer was cut while it reasoned. */
  observe(model: ModelRef, effort: EffortLevel | undefined, { usage, usageKnown, candidateIds }: Settlement): void {
    const { outputReasoning, outputText = 0 } = usage;
    if (outputReasoning === undefined || usageKnown === 'upper-bound') return;
    const name = nameOf(model, effort);
    const tokens = outputReasoning / Math.max(1, candidateIds.length);
    this.#lengths.set(name, withLength(this.#lengths.get(name) ?? noLengths, { tokens, isCut: outputText === 0 }, 0));
  }

  /** Reasoning tokens of a usual answer to such a request: no more than it allows; 0 where too little is known. */
  of(model: ModelRef, { effort, maxReasoningTokens = Infinity }: GenerateRequest): number {
    const lengths = this.#lengths.get(nameOf(model, effort)) ?? noLengths;
    if (lengths.calls < leastCalls) return 0;
    return Math.min(Math.ceil(meanLength(lengths, { tokens: 0, weight: 0 })), maxReasoningTokens);
  }
}

function nameOf({ provider, modelId }: ModelRef, effort: EffortLevel | undefined): string {
  return JSON.stringify([provider, modelId, effort ?? '']);
}

const usual = new WeakMap<Ledger, UsualReasoning>();

/** What the calls of one ledger in this process have shown. */
export function usualReasoningOf(ledger: Ledger): UsualReasoning {
  let known = usual.get(ledger);
  if (known === undefined) usual.set(ledger, (known = new UsualReasoning()));
  return known;
}
