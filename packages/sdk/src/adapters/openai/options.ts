import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { RetryOptions } from '../../middleware/with-retry.ts';
import type { Pricing } from '../../spec/pricing.ts';
import type { CapabilityOverrides, CapabilitySource, OpenaiApi } from './capabilities.ts';
import { type ClientSource, type OpenaiClient, officialClient, ownClient } from './client.ts';
import type { ApiKey } from './key.ts';
import { modelFacts } from './model-table.ts';

/** How OpenAI is asked. */
export interface OpenaiOptions {
  /**
   * The interface: `responses` keeps reasoning across the turns of a tool loop; `chat` has seeds, stop strings and several
   * samples a call, for models that do not reason. @defaultValue 'responses'
   */
  readonly api?: OpenaiApi;
  /** A function is asked before every attempt. @defaultValue OPENAI_API_KEY of the environment, read when first needed */
  readonly apiKey?: ApiKey;
  /**
   * A client of the official SDK, `AzureOpenAI` and others of its kind included. It brings its own key, addresses and
   * `fetch`; its retries and its timeout are not used. @defaultValue one is made when first needed
   */
  readonly client?: OpenaiClient;
  /** Address up to and including the version. @defaultValue OPENAI_BASE_URL of the environment, else OpenAI's own */
  readonly baseUrl?: string;
  /** @defaultValue OPENAI_ORG_ID of the environment */
  readonly organization?: string;
  /** @defaultValue OPENAI_PROJECT_ID of the environment */
  readonly project?: string;
  /** Sent with every request; they win over what the SDK sets. Taken for secret: their values never appear in errors. */
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
}

/** Checked options with their defaults: what an attempt needs. */
export interface OpenaiSettings extends CapabilitySource {
  readonly provider: 'openai';
  readonly modelId: string;
  readonly client: ClientSource;
  readonly headers: { readonly [name: string]: string };
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number;
}

const longestMs = 2 ** 31;

/** Checks options that cannot be meant before anything is sent. */
export function openaiSettings(modelId: string, options: OpenaiOptions): OpenaiSettings {
  const { api = 'responses', capabilities, headers = {} } = options;
  if (modelId === '') throw new InvalidOptionError('modelId', 'modelId must name a model, received an empty string.');
  if (api !== 'responses' && api !== 'chat') {
    throw new InvalidOptionError('api', `api must be "responses" or "chat", received "${String(api)}".`);
  }
  checkMilliseconds('timeoutMs', options.timeoutMs);
  checkMilliseconds('idleTimeoutMs', options.idleTimeoutMs);
  checkSamples(api, capabilities?.samples?.nativeMax);
  checkHeaders(headers);
  return {
    provider: 'openai',
    modelId,
    api,
    facts: modelFacts(modelId),
    overrides: capabilities,
    client: clientSource(options),
    headers,
    timeoutMs: options.timeoutMs,
    idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
  };
}

function clientSource({ client, apiKey, baseUrl, organization, project, fetch }: OpenaiOptions): ClientSource {
  if (client === undefined) {
    if (baseUrl !== undefined) checkBaseUrl(baseUrl);
    return officialClient({ apiKey, baseUrl, organization, project, fetch });
  }
  const doubled = Object.entries({ apiKey, baseUrl, organization, project, fetch }).find(
    ([, value]) => value !== undefined,
  );
  if (doubled !== undefined) {
    throw new InvalidOptionError(
      doubled[0],
      `${doubled[0]} was given, and so was a client, which has its own. Give one of them.`,
    );
  }
  return ownClient(client);
}

function checkBaseUrl(baseUrl: string): void {
  // The address itself is not repeated in the messages: it may hold a password.
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must be an absolute http or https address, for example "https://api.openai.com/v1".',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOptionError(
      'baseUrl',
      'baseUrl must not hold a user name or password. Give them as a header: headers: { authorization: … }.',
    );
  }
}

function checkHeaders(headers: NonNullable<OpenaiOptions['headers']>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      // The runtime's own error quotes the value, which may be a key.
      throw new InvalidOptionError(
        'headers',
        `headers: "${name}" and its value must be valid in an HTTP header (no line breaks, no characters beyond Latin-1).`,
      );
    }
  }
}

function checkSamples(api: OpenaiApi, nativeMax = 1): void {
  const highest = api === 'chat' ? 128 : 1;
  if (Number.isInteger(nativeMax) && nativeMax >= 1 && nativeMax <= highest) return;
  const range = api === 'chat' ? 'a whole number in [1, 128]' : '1: the Responses API gives one answer a call';
  throw new InvalidOptionError(
    'capabilities.samples.nativeMax',
    `capabilities.samples.nativeMax must be ${range}, received ${nativeMax}.`,
  );
}

function checkMilliseconds(option: string, value: number | undefined): void {
  if (value === undefined || (value >= 1 && value < longestMs)) return;
  throw new InvalidOptionError(option, `${option} must be in [1, 2^31), received ${value}.`);
}
