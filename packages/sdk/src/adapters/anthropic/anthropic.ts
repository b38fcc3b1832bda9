import { defineModel } from '../../leaf/define-model.ts';
import { withRetry } from '../../middleware/with-retry.ts';
import type { Model } from '../../spec/model.ts';
import { messagesCall } from './call.ts';
import { type AnthropicOptions, anthropicSettings } from './options.ts';

/**
 * A Claude model behind the Messages API: Anthropic's own, a gateway, or a cloud through a client of your own.
 *
 * Built on the official library (optional package `@anthropic-ai/sdk`), which is imported when the model is first asked; so
 * is the key. Answers are always streamed on the wire. Raw fields go through `providerOptions.anthropic`, merged last.
 *
 * @throws InvalidOptionError for options that cannot be meant.
 * @example
 * const model = anthropic('claude-sonnet-5-5', { pricing });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.');
 */
export function anthropic(modelId: string, options: AnthropicOptions = {}): Model {
  const settings = anthropicSettings(modelId, options);
  const model = defineModel({
    provider: settings.provider,
    modelId,
    capabilities: (request) => settings.model.capabilitiesFor(request),
    call: messagesCall(settings),
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  });
  return options.retry === false ? model : withRetry(model, options.retry);
}
