import { defineModel } from '../../leaf/define-model.ts';
import { withRetry } from '../../middleware/with-retry.ts';
import type { Model } from '../../spec/model.ts';
import { openaiCall } from './call.ts';
import { openaiCapabilities } from './capabilities.ts';
import { type OpenaiOptions, openaiSettings } from './options.ts';

/**
 * A model of OpenAI, through its official SDK (`npm install openai`), which builds and signs the requests; answers are
 * always streamed and read by Tollgate itself.
 *
 * Nothing is loaded, read or sent before the first call. Nothing is kept at OpenAI (`store: false`); encrypted reasoning
 * travels in the messages instead, so that tool loops stay valid. Raw fields go through `providerOptions.openai`, merged last.
 *
 * @throws InvalidOptionError for options that cannot be meant. Calls throw MissingLibraryError without the SDK, and
 * TollgateError `missing-key` without a key.
 * @example
 * const model = openai('gpt-6-luna');
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.', { effort: 'low' });
 *
 * const azure = openai('my-deployment', { client: new AzureOpenAI({ endpoint, apiVersion }) });
 */
export function openai(modelId: string, options: OpenaiOptions = {}): Model {
  const settings = openaiSettings(modelId, options);
  const model = defineModel({
    provider: settings.provider,
    modelId,
    capabilities: (request) => openaiCapabilities(settings, request),
    call: openaiCall(settings),
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  });
  return options.retry === false ? model : withRetry(model, options.retry);
}
