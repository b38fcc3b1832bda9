import type * as OpenaiSdk from 'openai';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { ApiKey } from '../../transport/key.ts';
import type { OfficialClient } from '../../transport/official-client.ts';
import { readKey } from './key.ts';

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

/** A client that is ready, and the key that no message may repeat. */
export interface ReadyClient {
  readonly client: OpenaiClient;
  readonly key: string | undefined;
}

/** Gives the client for an attempt. */
export type ClientSource = () => Promise<ReadyClient>;

/** A client that the user made. Its key is known only once it has been used, so it is read afterwards. */
export function ownClient(client: OpenaiClient): ClientSource {
  return async () => ({
    client,
    get key() {
      return client.apiKey ?? undefined;
    },
  });
}

/**
 * A client of the official SDK, made when it is first needed and again when the key has changed.
 *
 * @throws MissingLibraryError without the package `openai`; TollgateError `missing-key` without a key, `invalid-option` where
 * the SDK does not start.
 */
export function officialClient(options: ClientOptions): ClientSource {
  let ready: ReadyClient | undefined;
  return async () => {
    const key = await readKey(options.apiKey);
    if (ready?.key !== key) ready = { client: await makeClient(key, options), key };
    return ready;
  };
}

async function makeClient(
  apiKey: string,
  { baseUrl, organization, project, fetch }: ClientOptions,
): Promise<OpenaiClient> {
  const { OpenAI } = await importSdk();
  const settings: OpenaiSdk.ClientOptions = {
    apiKey,
    maxRetries: 0,
    // Looked up at every call: what is installed as the global one later is used all the same.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    ...(organization !== undefined && { organization }),
    ...(project !== undefined && { project }),
  };
  try {
    return new OpenAI(settings);
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
