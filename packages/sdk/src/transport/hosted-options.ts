import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { RetryOptions } from '../middleware/with-retry.ts';
import type { Pricing } from '../spec/pricing.ts';

/** What every hosted model can be given. */
export interface HostedOptions {
  /** Sent with every request; they win over what the adapter sets. Taken for secret: their values never appear in errors. */
  readonly headers?: { readonly [name: string]: string };
  /** The model's price. Without one, only guards that know a price admit it. */
  readonly pricing?: Pricing;
  /**
   * Sends the requests. Interceptors such as msw see the default one too; a `fetch` that was put in place of the global one
   * is used where it is given here. @defaultValue on Node a keep-alive pool over `node:http` that honours HTTP_PROXY,
   * HTTPS_PROXY and NO_PROXY and follows no redirect; elsewhere the global `fetch`
   */
  readonly fetch?: typeof globalThis.fetch;
  /** How failed attempts are tried again; `false` turns it off. @defaultValue on, with the defaults of `withRetry` */
  readonly retry?: false | RetryOptions;
  /** Milliseconds one attempt may take altogether. Range [1, 2³¹). @defaultValue no limit */
  readonly timeoutMs?: number;
  /**
   * Milliseconds without a byte from the server after which an attempt is given up, waiting for the first one included.
   * Range [1, 2³¹). The global `fetch` of Node, where it is given, waits 300,000 at most. @defaultValue 300000
   */
  readonly idleTimeoutMs?: number;
}

/** The same, checked and with defaults: what an attempt needs of it. */
export interface HostedSettings {
  readonly modelId: string;
  /** By name in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number;
}

/** Checks options that cannot be meant before anything is sent. */
export function hostedSettings(modelId: string, options: HostedOptions): HostedSettings {
  if (modelId === '') throw new InvalidOptionError('modelId', 'modelId must name a model, received an empty string.');
  return {
    modelId,
    headers: checkedHeaders(options.headers),
    timeoutMs: checkedMilliseconds('timeoutMs', options.timeoutMs),
    idleTimeoutMs: checkedMilliseconds('idleTimeoutMs', options.idleTimeoutMs) ?? 300_000,
  };
}

/** The address of a server, checked. The example goes into the error. */
export function checkedBaseUrl(baseUrl: string, example: string): URL {
  // The address itself is not repeated in the messages: it may hold a password.
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidOptionError(
      'baseUrl',
      `baseUrl must be an absolute http or https address, for example "${example}".`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must not hold a user name or password. Give them as a header: headers: { authorization: … }.',
    );
  }
  return url;
}

function checkedHeaders(headers: HostedOptions['headers'] = {}): HostedSettings['headers'] {
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
  return Object.fromEntries(checked);
}

function checkedMilliseconds(option: string, value: number | undefined): number | undefined {
  if (value === undefined || (value >= 1 && value < 2 ** 31)) return value;
  throw new InvalidOptionError(option, `${option} must be in [1, 2^31), received ${value}.`);
}
