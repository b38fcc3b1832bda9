import type { LanguageModelV4 } from '@ai-sdk/provider';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
import type { RetryOptions } from '../../middleware/with-retry.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { Pricing } from '../../spec/pricing.ts';
import { aiSdkCapabilities } from './capabilities.ts';

/** What is known about a model of the AI SDK, and how it is asked. */
export interface FromAiSdkOptions {
  /** Name in results, price books and ledgers. @defaultValue the model's own, for example `openai.responses` */
  readonly provider?: string;
  /** The model's price. Without one, only guards that know a price admit it. */
  readonly pricing?: Pricing;
  /** What the model can do beyond, or short of, what is assumed: tools, schema and sampling; no effort levels, files or known limits. */
  readonly capabilities?: CapabilityOverrides;
  /** How failed attempts are tried again; `false` turns it off. @defaultValue on, with the defaults of `withRetry` */
  readonly retry?: false | RetryOptions;
}

/** Checked options with their defaults: what an attempt needs. */
export interface AiSdkSettings {
  readonly model: LanguageModelV4;
  readonly provider: string;
  readonly modelId: string;
  readonly capabilities: Capabilities;
}

/** Checks options that cannot be meant before anything is sent. */
export function aiSdkSettings(model: LanguageModelV4, options: FromAiSdkOptions): AiSdkSettings {
  const { specificationVersion } = model;
  if (specificationVersion !== 'v4') {
    throw new InvalidOptionError(
      'model',
      `model must be a LanguageModelV4 of the AI SDK, received ${typeof model === 'string' ? `the name "${String(model)}"` : `specification version "${String(specificationVersion)}"`}. Make one with a provider for \`ai\` 7, for example openai("gpt-6-luna") of @ai-sdk/openai.`,
    );
  }
  const capabilities = aiSdkCapabilities(options.capabilities);
  const { nativeMax } = capabilities.samples;
  if (nativeMax !== 1) {
    throw new InvalidOptionError(
      'capabilities.samples.nativeMax',
      `capabilities.samples.nativeMax must be 1, received ${nativeMax}: models of the AI SDK give one answer a call.`,
    );
  }
  return { model, provider: options.provider ?? model.provider, modelId: model.modelId, capabilities };
}
