import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { RetryOptions } from '../../middleware/with-retry.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { Pricing } from '../../spec/pricing.ts';
import { type CapabilityOverrides, compatibleCapabilities } from './capabilities.ts';
import type { ApiKey } from './key.ts';

/** Where an OpenAI-compatible server is, and what is known about it. */
export interface OpenaiCompatibleOptions {
  /** Address up to and including the version, for example `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string;
  /** Sent as a bearer token. A function is asked before every attempt. @defaultValue none is sent */
  readonly apiKey?: ApiKey;
  /** Sent with every request; they win over what the adapter sets. Taken for secret: their values never appear in errors. */
  readonly headers?: { readonly [name: string]: string };
  /** What the server can do beyond, or short of, what is assumed: one sample a call, no logprobs, no effort levels, no files. */
  readonly capabilities?: CapabilityOverrides;
  /** The model's price. Without one, only guards that know a price admit it. */
  readonly pricing?: Pricing;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How failed attempts are tried again; `false` turns it off. @defaultValue on, with the defaults of `withRetry` */
  readonly retry?: false | RetryOptions;
  /** Name in results, price books and ledgers. @defaultValue 'openai-compatible' */
  readonly provider?: string;
  /** Milliseconds one attempt may take altogether. Range [1, 2³¹). @defaultValue no limit */
  readonly timeoutMs?: number;
  /**
   * Milliseconds without a byte from the server after which an attempt is given up, waiting for the first one included.
   * Range [1, 2³¹). Node's own `fetch` waits 300,000 at most. @defaultValue 300000
   */
  readonly idleTimeoutMs?: number;
}

/** Checked options with their defaults: what an attempt needs. */
export interface ChatSettings {
  readonly provider: string;
  readonly modelId: string;
  readonly url: string;
  readonly apiKey: ApiKey | undefined;
  readonly headers: Headers;
  readonly capabilities: Capabilities;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number;
}

/** Checks options that cannot be meant before anything is sent. */
export function chatSettings(modelId: string, options: OpenaiCompatibleOptions): ChatSettings {
  if (modelId === '') throw new InvalidOptionError('modelId', 'modelId must name a model, received an empty string.');
  milliseconds('timeoutMs', options.timeoutMs);
  milliseconds('idleTimeoutMs', options.idleTimeoutMs);
  const capabilities = compatibleCapabilities(options.capabilities);
  const { nativeMax } = capabilities.samples;
  if (!Number.isInteger(nativeMax) || nativeMax < 1) {
    throw new InvalidOptionError(
      'capabilities.samples.nativeMax',
      `capabilities.samples.nativeMax must be a whole number 1 or more, received ${nativeMax}.`,
    );
  }
  return {
    provider: options.provider ?? 'openai-compatible',
    modelId,
    url: completionsUrl(options.baseUrl),
    apiKey: options.apiKey,
    headers: checkedHeaders(options.headers),
    capabilities,
    fetch: options.fetch,
    timeoutMs: options.timeoutMs,
    idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
  };
}

function completionsUrl(baseUrl: string): string {
  // The address itself is not repeated in the messages: it may hold a password.
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must be an absolute http or https address, for example "http://127.0.0.1:8080/v1".',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must not hold a user name or password. Give them as a header: headers: { authorization: … }.',
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url.href;
}

function checkedHeaders(headers: OpenaiCompatibleOptions['headers'] = {}): Headers {
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
