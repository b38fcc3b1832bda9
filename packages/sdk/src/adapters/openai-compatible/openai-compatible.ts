import { defineModel } from '../../leaf/define-model.ts';
import { withRetry } from '../../middleware/with-retry.ts';
import type { Model } from '../../spec/model.ts';
import { chatCall } from './call.ts';
import { chatSettings, type OpenaiCompatibleOptions } from './options.ts';

/**
 * A model behind a server that speaks OpenAI's chat completions: llama-server, vLLM, Ollama, any gateway.
 *
 * Answers are always streamed on the wire, and always with usage. Nothing is sent before the first call; the key is read
 * then. Raw fields go through `providerOptions['openai-compatible']`, merged last.
 *
 * @throws InvalidOptionError for options that cannot be meant.
 * @example
 * const model = openaiCompatible('qwen2.5-coder', { baseUrl: 'http://127.0.0.1:8080/v1' });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.');
 */
export function openaiCompatible(modelId: string, options: OpenaiCompatibleOptions): Model {
  const settings = chatSettings(modelId, options);
  const model = defineModel({
    provider: settings.provider,
    modelId,
    capabilities: settings.capabilities,
    call: chatCall(settings),
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  });
  return options.retry === false ? model : withRetry(model, options.retry);
}
