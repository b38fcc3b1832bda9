import type * as OpenaiSdk from 'openai';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { ApiKey } from '../../transport/key.ts';
import { type Endpoint, type OfficialClient, sendingAs, sendingBy } from '../../transport/official-client.ts';
import { oneForEachKey, type Sender, type SenderSource } from '../../transport/sender.ts';
import { readKey } from './key.ts';
import { sendFailure } from './send-failure.ts';

/** The part of the official clients that is used. `OpenAI`, `AzureOpenAI` and `BedrockOpenAI` have it. */
export interface OpenaiClient extends OfficialClient {
  readonly apiKey?: string | null;
}

/** What a client is made with. */
export interface ClientOptions {
  readonly apiKey: ApiKey | undefined;
  readonly baseUrl: string | undefined;
  readonly organization: string | undefined;
  readonly project: string | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** Sends by a client that the user made. */
export function ownClient(client: OpenaiClient, endpoint: Endpoint): SenderSource {
  const secrets = (): readonly string[] => (client.apiKey == null ? [] : [client.apiKey]);
  const sender = sendingBy(client, endpoint, { sendFailure, secrets });
  return async () => sender;
}

/**
 * Sends by a client of the official SDK, made when it is first needed and again when the key has changed.
 *
 * @throws MissingLibraryError without the package `openai`; TollgateError `missing-key` without a key, `invalid-option` where
 * the SDK does not start.
 */
export function officialClient(options: ClientOptions, endpoint: Endpoint): SenderSource {
  return oneForEachKey(
    () => readKey(options.apiKey),
    (key) => makeSender(key, options, endpoint),
  );
}

async function makeSender(
  apiKey: string,
  { baseUrl, organization, project, fetch }: ClientOptions,
  endpoint: Endpoint,
): Promise<Sender> {
  const { OpenAI } = await importSdk();
  const settings: OpenaiSdk.ClientOptions = {
    apiKey,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    ...(organization !== undefined && { organization }),
    ...(project !== undefined && { project }),
  };
  try {
    return await sendingAs(new OpenAI(settings), { ...endpoint, key: apiKey }, fetch);
  } catch (cause) {
    throw new TollgateError(
      'invalid-option',
      'The OpenAI SDK could not make a client here; the cause says why. Make one yourself and give it as client.',
      { cause },
    );
  }
}

async function importSdk(): Promise<typeof OpenaiSdk> {
  try {
    return await import('openai');
  } catch (cause) {
    throw new MissingLibraryError('openai', 'The OpenAI adapter', { cause });
  }
}
