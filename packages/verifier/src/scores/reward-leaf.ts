import {
  defineModel,
  type LeafCall,
  type LeafOutcome,
  type Model,
  type Pricing,
  textCapabilities,
} from '@tollgate/sdk';
import { messageText } from './conversation-text.ts';
import type { RewardSource, RewardText } from './reward-source.ts';

/**
 * A reward source as a leaf, so that what it does is held, charged and traced as any other attempt: a message for each
 * text, and the scores as the answer.
 */
export function rewardLeaf(source: RewardSource, pricing: Pricing | undefined): Model {
  return defineModel({
    provider: source.provider,
    modelId: source.modelId,
    capabilities: textCapabilities({ rewardScores: true }),
    ...(pricing !== undefined && { pricing }),
    call: (call) => scored(source, call),
  });
}

async function scored(source: RewardSource, { request, signal, context }: LeafCall): Promise<LeafOutcome> {
  const texts = request.messages.map((message) => JSON.parse(messageText(message)) as RewardText);
  const { scores, inputTokens, engineSeconds } = await source.score(texts, {
    clock: context.clock,
    ...(signal !== undefined && { signal }),
  });
  return {
    candidates: [{ content: [{ type: 'text', text: JSON.stringify(scores) }], finish: { unified: 'stop', by: 'eos' } }],
    usage: { inputUncached: inputTokens, outputText: 0, outputReasoning: 0, engineSeconds },
  };
}
