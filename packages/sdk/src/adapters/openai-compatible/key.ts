import { TollgateError } from '../../errors/tollgate-error.ts';

/** A key, or how to get it. */
export type ApiKey = string | (() => string | Promise<string>);

/**
 * Reads the key when it is needed.
 *
 * @throws TollgateError with code `missing-key` when the function fails or what it gives cannot be a key. Nothing was sent then.
 */
export async function readKey(apiKey: ApiKey | undefined): Promise<string | undefined> {
  if (apiKey === undefined) return undefined;
  let key: unknown;
  try {
    key = typeof apiKey === 'string' ? apiKey : await apiKey();
  } catch (cause) {
    // An error of ours holds no secret, and says what to mend.
    if (TollgateError.isInstance(cause)) throw cause;
    throw new TollgateError('missing-key', 'The apiKey function failed, so nothing was sent. Its error is the cause.', {
      cause,
    });
  }
  // A key with a line break would be quoted in full by the error of whoever writes the headers.
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new TollgateError(
      'missing-key',
      'apiKey must be visible ASCII characters without spaces; it is empty or holds others.',
    );
  }
  return key;
}
