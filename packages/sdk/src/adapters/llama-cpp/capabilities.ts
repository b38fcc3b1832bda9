import { textCapabilities } from '../../leaf/text-capabilities.ts';
import { maxTopLogprobs } from '../../local/token-choice.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { Chat } from './chat.ts';
import { effortLevels } from './reasoning-formats.ts';

/** What llama.cpp in process can do through this adapter with a model that is talked with in this way. */
export function llamaCppCapabilities(
  chat: Pick<Chat, 'tools' | 'reasoning'>,
  limits: { readonly contextTokens: number; readonly parallelSamples: number },
): Capabilities {
  return textCapabilities({
    samples: { nativeMax: limits.parallelSamples, promptBilledOnce: true, cancelOne: false },
    logprobs: 'top-k',
    maxTopLogprobs,
    continuation: 'exact',
    tools: chat.tools !== undefined,
    schema: true,
    efforts: chat.reasoning === undefined ? [] : effortLevels,
    ...(chat.reasoning !== undefined && { reasoningCap: true }),
    tokenLevel: true,
    limits: { contextTokens: limits.contextTokens },
  });
}
