import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import {
  checkedBaseUrl,
  type HostedOptions,
  hostedSettings,
  type HostedSettings,
} from '../../transport/hosted-options.ts';
import type { ApiKey } from '../../transport/key.ts';
import { compatibleCapabilities } from './capabilities.ts';

/** Where an OpenAI-compatible server is, and what is known about it. */
export interface OpenaiCompatibleOptions extends HostedOptions {
  /** Address up to and including the version, for example `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string;
  /** Sent as a bearer token. A function is asked before every attempt. @defaultValue none is sent */
  readonly apiKey?: ApiKey;
  /** What the server can do beyond, or short of, what is assumed: one sample a call, no logprobs, no effort levels, no files. */
  readonly capabilities?: CapabilityOverrides;
  /** Name in results, price books and ledgers. @defaultValue 'openai-compatible' */
  readonly provider?: string;
}

/** Checked options with their defaults: what an attempt needs. */
export interface ChatSettings extends HostedSettings {
  readonly provider: string;
  readonly url: string;
  readonly apiKey: ApiKey | undefined;
  readonly capabilities: Capabilities;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** Checks options that cannot be meant before anything is sent. */
export function chatSettings(modelId: string, options: OpenaiCompatibleOptions): ChatSettings {
  const capabilities = compatibleCapabilities(options.capabilities);
  const { nativeMax } = capabilities.samples;
  if (!Number.isInteger(nativeMax) || nativeMax < 1) {
    throw new InvalidOptionError(
      'capabilities.samples.nativeMax',
      `capabilities.samples.nativeMax must be a whole number 1 or more, received ${nativeMax}.`,
    );
  }
  return {
    ...hostedSettings(modelId, options),
    provider: options.provider ?? 'openai-compatible',
    url: completionsUrl(options.baseUrl),
    apiKey: options.apiKey,
    capabilities,
    fetch: options.fetch,
  };
}

function completionsUrl(baseUrl: string): string {
  const url = checkedBaseUrl(baseUrl, 'http://127.0.0.1:8080/v1');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url.href;
}
