import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
import {
  checkedBaseUrl,
  type HostedOptions,
  hostedSettings,
  type HostedSettings,
} from '../../transport/hosted-options.ts';
import type { ApiKey } from '../../transport/key.ts';
import { checkBesideClient, type Endpoint } from '../../transport/official-client.ts';
import type { SenderSource } from '../../transport/sender.ts';
import type { CapabilitySource, OpenaiApi } from './capabilities.ts';
import { type OpenaiClient, officialClient, ownClient } from './client.ts';
import { modelFacts } from './model-table.ts';

/** How OpenAI is asked. */
export interface OpenaiOptions extends HostedOptions {
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
  /** What the model can do beyond, or short of, what the table of models says. */
  readonly capabilities?: CapabilityOverrides;
}

/** Checked options with their defaults: what an attempt needs. */
export interface OpenaiSettings extends HostedSettings, CapabilitySource {
  readonly provider: 'openai';
  readonly sender: SenderSource;
}

/** Checks options that cannot be meant before anything is sent. */
export function openaiSettings(modelId: string, options: OpenaiOptions): OpenaiSettings {
  const { api = 'responses', capabilities } = options;
  if (api !== 'responses' && api !== 'chat') {
    throw new InvalidOptionError('api', `api must be "responses" or "chat", received "${String(api)}".`);
  }
  checkSamples(api, capabilities?.samples?.nativeMax);
  const hosted = hostedSettings(modelId, options);
  return {
    ...hosted,
    provider: 'openai',
    api,
    facts: modelFacts(modelId),
    overrides: capabilities,
    sender: senderSource(options, { path: paths[api], headers: hosted.headers }),
  };
}

const paths = { responses: '/responses', chat: '/chat/completions' };

function senderSource(
  { client, apiKey, baseUrl, organization, project, fetch }: OpenaiOptions,
  endpoint: Endpoint,
): SenderSource {
  const own = { apiKey, baseUrl, organization, project, fetch };
  checkBesideClient(client, own);
  if (baseUrl !== undefined) checkedBaseUrl(baseUrl, 'https://api.openai.com/v1');
  return client === undefined ? officialClient(own, endpoint) : ownClient(client, endpoint);
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
