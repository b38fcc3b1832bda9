import type * as AnthropicLibrary from '@anthropic-ai/sdk';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { type Endpoint, sendingAs, sendingBy } from '../../transport/official-client.ts';
import { oneForEachKey, type Sender, type SenderSource } from '../../transport/sender.ts';
import { readKey } from './key.ts';
import type { AnthropicClient, AnthropicSettings } from './options.ts';
import { sendFailure } from './send-failure.ts';

/**
 * Gives what to send by: the user's own client, or one that is made when first needed and kept as long as its key.
 *
 * Throws MissingLibraryError without the official library, TollgateError `invalid-option` where the library does not start,
 * and what `readKey` throws.
 */
export function senderSource(settings: AnthropicSettings): SenderSource {
  const { client, version, headers } = settings;
  const endpoint = {
    path: '/v1/messages',
    headers: { ...(version !== undefined && { 'anthropic-version': version }), ...headers },
  };
  if (client !== undefined) {
    const sender = sendingBy(client, endpoint, { sendFailure, secrets: () => secretsOf(client) });
    return async () => sender;
  }
  return oneForEachKey(
    () => readKey(settings.apiKey),
    (key) => makeSender(settings, key, endpoint),
  );
}

async function makeSender({ baseUrl, fetch }: AnthropicSettings, apiKey: string, endpoint: Endpoint): Promise<Sender> {
  const { Anthropic } = await importLibrary();
  try {
    const client = new Anthropic({ apiKey, ...(baseUrl !== undefined && { baseURL: baseUrl }) });
    return await sendingAs(client, { ...endpoint, key: apiKey }, fetch);
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
