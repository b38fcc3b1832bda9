import { TollgateError } from '../../errors/tollgate-error.ts';

/** A key, or how to get it. */
export type ApiKey = string | (() => string | Promise<string>);

const variable = 'ANTHROPIC_API_KEY';

/**
 * Reads the key when it is needed: the one given, else the environment's.
 *
 * @throws TollgateError with code `missing-key` when there is none, when the function fails, or when what it gives cannot be
 * a key. Nothing was sent then.
 */
export async function readKey(apiKey: ApiKey | undefined): Promise<string> {
  let key: unknown;
  try {
    key = typeof apiKey === 'function' ? await apiKey() : (apiKey ?? environmentKey());
  } catch (cause) {
    // An error of ours holds no secret, and says what to mend.
    if (TollgateError.isInstance(cause)) throw cause;
    throw new TollgateError('missing-key', 'The apiKey function failed, so nothing was sent. Its error is the cause.', {
      cause,
    });
  }
  if (key === undefined) {
    throw new TollgateError(
      'missing-key',
      `The Anthropic adapter needs a key: set ${variable}, or give apiKey, or a client of your own (client).`,
    );
  }
  // A key with a line break would be quoted in full by the error of whoever writes the headers.
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new TollgateError(
      'missing-key',
      `The key (apiKey or ${variable}) must be visible ASCII characters without spaces; it is empty or holds others.`,
    );
  }
  return key;
}

function environmentKey(): string | undefined {
  // Runtimes without a process have no environment either.
  return typeof process === 'undefined' ? undefined : process.env[variable];
}
