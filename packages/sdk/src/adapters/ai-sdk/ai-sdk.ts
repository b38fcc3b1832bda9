import type { LanguageModelV4 } from '@ai-sdk/provider';
import { defineModel } from '../../leaf/define-model.ts';
import { withRetry } from '../../middleware/with-retry.ts';
import type { Model } from '../../spec/model.ts';
import { callAiSdk } from './call.ts';
import { aiSdkSettings, type FromAiSdkOptions } from './options.ts';

/**
 * A model of any AI SDK provider as a model of ours: held, settled, retried and traced like every other.
 *
 * Answers are always streamed on the wire, so that an abort leaves what had arrived. Options of the provider go through
 * `providerOptions` in its own words. Sources, files of reasoning and calls of tools that the provider runs itself have no
 * place in an answer of ours; a warning says what was left out.
 *
 * @throws InvalidOptionError for options that cannot be meant, and for a model of another specification version.
 * @example
 * const model = fromAiSdk(mistral('mistral-large-latest'), { provider: 'mistral', pricing });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.');
 */
export function fromAiSdk(model: LanguageModelV4, options: FromAiSdkOptions = {}): Model {
  const settings = aiSdkSettings(model, options);
  const own = defineModel({
    provider: settings.provider,
    modelId: settings.modelId,
    capabilities: settings.capabilities,
    call: (call) => callAiSdk(settings, call),
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  });
  return options.retry === false ? own : withRetry(own, options.retry);
}
