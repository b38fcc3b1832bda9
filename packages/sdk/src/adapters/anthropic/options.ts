import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { RetryOptions } from '../../middleware/with-retry.ts';
import type { Pricing } from '../../spec/pricing.ts';
import { type CapabilityOverrides, type ClaudeModel, claudeModel } from './capabilities.ts';
import type { AnthropicClient } from './client.ts';
import type { ApiKey } from './key.ts';

/** How Claude is asked. */
export interface AnthropicOptions {
  /** A function is asked before every attempt. @defaultValue the environment's ANTHROPIC_API_KEY, read when first needed */
  readonly apiKey?: ApiKey;
  /** A client of your own, for Bedrock, Vertex, other credentials or middleware. It has its own key, address and `fetch`. */
  readonly client?: AnthropicClient;
  /** Address without the version, for example `https://gateway.test`. @defaultValue the environment's ANTHROPIC_BASE_URL, else the provider's */
  readonly baseUrl?: string;
  /** Sent with every request; they win over what the adapter sets. Taken for secret: their values never appear in errors. */
  readonly headers?: { readonly [name: string]: string };
  /** The model's price. Without one, only guards that know a price admit it. */
  readonly pricing?: Pricing;
  /** What the model can do beyond, or short of, what the table of models says. */
  readonly capabilities?: CapabilityOverrides;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How failed attempts are tried again; `false` turns it off. @defaultValue on, with the defaults of `withRetry` */
  readonly retry?: false | RetryOptions;
  /** Milliseconds one attempt may take altogether. Range [1, 2³¹). @defaultValue no limit */
  readonly timeoutMs?: number;
  /**
   * Milliseconds without a byte from the server after which an attempt is given up, waiting for the first one included.
   * Range [1, 2³¹). Node's own `fetch` waits 300,000 at most. @defaultValue 300000
   */
  readonly idleTimeoutMs?: number;
  /** The API's version, a date. Versions before 2026-10-21 take sampling parameters for models that have them. @defaultValue the client library's */
  readonly version?: string;
}

/** Checked options with their defaults: what an attempt needs. */
export interface AnthropicSettings {
  readonly provider: 'anthropic';
  readonly modelId: string;
  readonly model: ClaudeModel;
  readonly client: AnthropicClient | undefined;
  readonly baseUrl: string | undefined;
  readonly apiKey: ApiKey | undefined;
  /** The user's headers. */
  readonly headers: Headers;
  readonly version: string | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number;
}

/** Checks options that cannot be meant before anything is sent. */
export function anthropicSettings(modelId: string, options: AnthropicOptions): AnthropicSettings {
  if (modelId === '') throw new InvalidOptionError('modelId', 'modelId must name a model, received an empty string.');
  milliseconds('timeoutMs', options.timeoutMs);
  milliseconds('idleTimeoutMs', options.idleTimeoutMs);
  checkClient(options);
  checkBaseUrl(options.baseUrl);
  const { version } = options;
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
    provider: 'anthropic',
    modelId,
    model,
    client: options.client,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    headers: checkedHeaders(options.headers),
    version,
    fetch: options.fetch,
    timeoutMs: options.timeoutMs,
    idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
  };
}

function checkClient({ client, ...options }: AnthropicOptions): void {
  if (client === undefined) return;
  for (const option of ['apiKey', 'baseUrl', 'fetch'] as const) {
    if (options[option] === undefined) continue;
    throw new InvalidOptionError(
      option,
      `${option} must not be given beside client: the client has its own. Set it there.`,
    );
  }
}

function checkBaseUrl(baseUrl: string | undefined): void {
  if (baseUrl === undefined) return;
  // The address itself is not repeated in the messages: it may hold a password.
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must be an absolute http or https address, for example "https://gateway.test".',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must not hold a user name or password. Give them as a header: headers: { authorization: … }.',
    );
  }
}

function checkedHeaders(headers: AnthropicOptions['headers'] = {}): Headers {
  const checked = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    try {
      checked.set(name, value);
    } catch {
      // The runtime's own error quotes the value, which may be a key.
      throw new InvalidOptionError(
        'headers',
        `headers: "${name}" and its value must be valid in an HTTP header (no line breaks, no characters beyond Latin-1).`,
      );
    }
  }
  return checked;
}

function milliseconds(option: string, value: number | undefined): void {
  if (value === undefined || (value >= 1 && value < 2 ** 31)) return;
  throw new InvalidOptionError(option, `${option} must be in [1, 2^31), received ${value}.`);
}
