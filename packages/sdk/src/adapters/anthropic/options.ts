import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
import {
  checkedBaseUrl,
  type HostedOptions,
  hostedSettings,
  type HostedSettings,
} from '../../transport/hosted-options.ts';
import type { ApiKey } from '../../transport/key.ts';
import { checkBesideClient, type OfficialClient } from '../../transport/official-client.ts';
import { type ClaudeModel, claudeModel } from './capabilities.ts';

/** The part of the official clients that is used. `Anthropic` has it, and those for Bedrock, Vertex and Foundry. */
export interface AnthropicClient extends OfficialClient {
  readonly apiKey?: string | null;
  readonly authToken?: string | null;
}

/** How Claude is asked. */
export interface AnthropicOptions extends HostedOptions {
  /** A function is asked before every attempt. @defaultValue the environment's ANTHROPIC_API_KEY, read when first needed */
  readonly apiKey?: ApiKey;
  /** A client of your own, for Bedrock, Vertex, other credentials or middleware. It has its own key, address and `fetch`. */
  readonly client?: AnthropicClient;
  /** Address without the version, for example `https://gateway.test`. @defaultValue the environment's ANTHROPIC_BASE_URL, else the provider's */
  readonly baseUrl?: string;
  /** What the model can do beyond, or short of, what the table of models says. */
  readonly capabilities?: CapabilityOverrides;
  /** The API's version, a date. Versions before 2026-10-21 take sampling parameters for models that have them. @defaultValue the client library's */
  readonly version?: string;
}

/** Checked options with their defaults: what an attempt needs. */
export interface AnthropicSettings extends HostedSettings {
  readonly provider: 'anthropic';
  readonly model: ClaudeModel;
  readonly client: AnthropicClient | undefined;
  readonly baseUrl: string | undefined;
  readonly apiKey: ApiKey | undefined;
  readonly version: string | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** Checks options that cannot be meant before anything is sent. */
export function anthropicSettings(modelId: string, options: AnthropicOptions): AnthropicSettings {
  const { version, client, apiKey, baseUrl, fetch } = options;
  checkBesideClient(client, { apiKey, baseUrl, fetch });
  if (baseUrl !== undefined) checkedBaseUrl(baseUrl, 'https://gateway.test');
  if (version !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(version)) {
    throw new InvalidOptionError('version', `version must be a date like "2026-10-21", received "${version}".`);
  }
  const model = claudeModel(modelId, { version, overrides: options.capabilities });
  const { nativeMax } = model.capabilitiesFor().samples;
  if (nativeMax !== 1) {
    throw new InvalidOptionError(
      'capabilities.samples.nativeMax',
      `capabilities.samples.nativeMax must be 1, received ${nativeMax}: the Messages API gives one answer a call.`,
    );
  }
  return {
    ...hostedSettings(modelId, options),
    provider: 'anthropic',
    model,
    client,
    baseUrl,
    apiKey,
    version,
    fetch,
  };
}
