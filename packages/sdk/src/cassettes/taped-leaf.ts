import { defineModel } from '../leaf/define-model.ts';
import type { LeafCall } from '../leaf/leaf-call.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { ModelLine } from './cassette-lines.ts';
import { serveSamples } from './serve-samples.ts';
import type { TapedSample } from './tape-entry.ts';

/** Gives the samples that an attempt is answered with: as many as it asks for, or it throws. */
export type TakeSamples = (call: LeafCall) => readonly TapedSample[];

/**
 * A leaf that answers from a tape: held, settled and traced as in life, at the recorded model's name, without waiting.
 * What a tape cannot do (token-level access, hidden states, rewards for new answers) it does not claim.
 */
export function tapedLeaf(recorded: ModelLine, pricing: Pricing | undefined, take: TakeSamples): Model {
  const { provider, modelId, capabilities } = recorded;
  const { promptBilledOnce } = capabilities.samples;
  return defineModel({
    provider,
    modelId,
    capabilities: { ...capabilities, tokenLevel: false, hiddenStates: false, rewardScores: false },
    ...(pricing !== undefined && { pricing }),
    call: async (call) => serveSamples({ request: call.request, taped: take(call), promptBilledOnce, emit: call.emit }),
  });
}
