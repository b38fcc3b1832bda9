import { TollgateError } from '../errors/tollgate-error.ts';

/** A key, or how to get it. */
export type ApiKey = string | (() => string | Promise<string>);

/**
 * Reads the key when it is needed.
 *
 * @throws TollgateError with code `missing-key` when the function fails or what it gives cannot be a key. Nothing was sent then.
 */
export async function readKey(apiKey: ApiKey | undefined): Promise<string | undefined> {
  return apiKey === undefined ? undefined : checked(await valueOf(apiKey), 'apiKey');
}

/**
 * Makes the reader of a key that may also stand in a variable of the environment.
 *
 * The reader throws as `readKey` does, and also where there is no key at all.
 *
 * @example
 * const readKey = keyReader('OPENAI_API_KEY', 'The OpenAI adapter');
 * await readKey(undefined); // what the environment holds at this moment
 */
export function keyReader(variable: string, neededBy: string): (apiKey: ApiKey | undefined) => Promise<string> {
  return async (apiKey) => {
    const key = apiKey === undefined ? environment()[variable] : await valueOf(apiKey);
    if (key === undefined) {
      throw new TollgateError(
        'missing-key',
        `${neededBy} has no key. Set ${variable}, or give apiKey or a client of your own.`,
      );
    }
    return checked(key, `apiKey (or ${variable})`);
  };
}

async function valueOf(apiKey: ApiKey): Promise<unknown> {
  try {
    return typeof apiKey === 'function' ? await apiKey() : apiKey;
  } catch (cause) {
    // An error of ours holds no secret, and says what to mend.
    if (TollgateError.isInstance(cause)) throw cause;
    throw new TollgateError('missing-key', 'The apiKey function failed, so nothing was sent. Its error is the cause.', {
      cause,
    });
  }
}

function checked(key: unknown, name: string): string {
  // A key with a line break would be quoted in full by the error of whoever writes the headers.
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new TollgateError(
      'missing-key',
      `${name} must be visible ASCII characters without spaces; it is empty or holds others.`,
    );
  }
  return key;
}

// Edge runtimes may have no `process` at all.
function environment(): { readonly [name: string]: string | undefined } {
  const { process } = globalThis as {
    readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
  };
  return process?.env ?? {};
}
