import type * as AnthropicLibrary from '@anthropic-ai/sdk';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { type Endpoint, oneForEachKey, type SendBody, sendingAs, sendingBy } from '../../transport/official-client.ts';
import { readKey } from './key.ts';
import type { AnthropicClient, AnthropicSettings } from './options.ts';

/** A way to send one attempt, and what must not be repeated by its errors. */
export interface ReadyClient {
  readonly send: SendBody;
  readonly secrets: readonly string[];
}

/**
 * Gives the client to send by: the user's own, or one that is made when first needed and kept as long as its key.
 *
 * Throws MissingLibraryError without the official library, TollgateError `invalid-option` where the library does not start,
 * and what `readKey` throws.
 */
export function clientSource(settings: AnthropicSettings): () => Promise<ReadyClient> {
  const { client, version, headers } = settings;
  const endpoint = {
    path: '/v1/messages',
    headers: { ...(version !== undefined && { 'anthropic-version': version }), ...headers },
  };
  if (client !== undefined) {
    const send = sendingBy(client, endpoint);
    return async () => ({ send, secrets: secretsOf(client) });
  }
  const senderFor = oneForEachKey((key) => makeSender(settings, key, endpoint));
  return async () => {
    const key = await readKey(settings.apiKey);
    return { send: await senderFor(key), secrets: [key] };
  };
}

async function makeSender(
  { baseUrl, fetch }: AnthropicSettings,
  apiKey: string,
  endpoint: Endpoint,
): Promise<SendBody> {
  const { Anthropic } = await importLibrary();
  try {
    const client = new Anthropic({ apiKey, ...(baseUrl !== undefined && { baseURL: baseUrl }) });
    return await sendingAs(client, endpoint, fetch);
  } catch (cause) {
    throw new TollgateError(
      'invalid-option',
      'The Anthropic SDK could not make a client here; the cause says why. Make one yourself and give it as client.',
      { cause },
    );
  }
}

async function importLibrary(): Promise<typeof AnthropicLibrary> {
  try {
    return await import('@anthropic-ai/sdk');
  } catch (error) {
    throw new MissingLibraryError('@anthropic-ai/sdk', 'The Anthropic adapter', { cause: error });
  }
}

function secretsOf({ apiKey, authToken }: AnthropicClient): readonly string[] {
  return [apiKey, authToken].filter((secret) => typeof secret === 'string');
}
