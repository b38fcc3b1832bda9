import type * as OpenaiSdk from 'openai';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { ApiKey } from '../../transport/key.ts';
import {
  type Endpoint,
  type OfficialClient,
  oneForEachKey,
  type SendBody,
  sendingAs,
  sendingBy,
} from '../../transport/official-client.ts';
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

/** A way to send that is ready, and the key that no message may repeat. */
export interface ReadyClient {
  readonly send: SendBody;
  readonly key: string | undefined;
  /** The client is one that the user made. */
  readonly isForeign: boolean;
}

/** Gives what an attempt is sent with. */
export type ClientSource = () => Promise<ReadyClient>;

/** A client that the user made. Its key is known only once it has been used, so it is read afterwards. */
export function ownClient(client: OpenaiClient, endpoint: Endpoint): ClientSource {
  const send = sendingBy(client, endpoint);
  return async () => ({
    send,
    isForeign: true,
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
export function officialClient(options: ClientOptions, endpoint: Endpoint): ClientSource {
  const senderFor = oneForEachKey((key) => makeSender(key, options, endpoint));
  return async () => {
    const key = await readKey(options.apiKey);
    return { send: await senderFor(key), key, isForeign: false };
  };
}

async function makeSender(
  apiKey: string,
  { baseUrl, organization, project, fetch }: ClientOptions,
  endpoint: Endpoint,
): Promise<SendBody> {
  const { OpenAI } = await importSdk();
  const settings: OpenaiSdk.ClientOptions = {
    apiKey,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    ...(organization !== undefined && { organization }),
    ...(project !== undefined && { project }),
  };
  try {
    return await sendingAs(new OpenAI(settings), endpoint, fetch);
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
