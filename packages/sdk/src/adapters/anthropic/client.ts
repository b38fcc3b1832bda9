import type * as AnthropicLibrary from '@anthropic-ai/sdk';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { readKey } from './key.ts';
import type { AnthropicClient, AnthropicSettings } from './options.ts';

/** A client to send one attempt with, and what must not be repeated by its errors. */
export interface ReadyClient {
  readonly client: AnthropicClient;
  readonly secrets: readonly string[];
}

/**
 * Gives the client to use: the user's own, or one that is made when first needed and kept as long as its key.
 *
 * Throws MissingLibraryError without the official library, and what `readKey` throws.
 */
export function clientSource(settings: AnthropicSettings): () => Promise<ReadyClient> {
  const { client } = settings;
  if (client !== undefined) {
    return async () => ({ client, secrets: secretsOf(client) });
  }
  let made: { readonly key: string; readonly ready: ReadyClient } | undefined;
  return async () => {
    const key = await readKey(settings.apiKey);
    if (made?.key !== key) made = { key, ready: { client: await makeClient(settings, key), secrets: [key] } };
    return made.ready;
  };
}

async function makeClient({ baseUrl, fetch }: AnthropicSettings, apiKey: string): Promise<AnthropicClient> {
  const { Anthropic } = await importLibrary();
  return new Anthropic({
    apiKey,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    fetch: tellingFetch(fetch),
    maxRetries: 0,
    // Calls have spans of ours already.
    openTelemetry: false,
  });
}

/** The library forgets why a connection timed out; two errors deep it leaves the reason alone. */
function tellingFetch(fetch: AnthropicSettings['fetch']): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      return await (fetch ?? globalThis.fetch)(input, init);
    } catch (cause) {
      throw new TypeError('fetch failed', { cause: new Error('no response', { cause }) });
    }
  };
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
