import type { SendFailure } from './send-failure.ts';
import type { Watchdog } from './watchdog.ts';

/** A body on its way out. Nothing holds it longer than it takes to send it. */
export interface SentBody {
  readonly body: object;
  /** Its text, made again. */
  readonly rewrite: () => string;
  readonly watch: Watchdog;
}

/** Sends bodies with one key, for as long as that is the key. */
export interface Sender {
  /** Sends a body and gives the answer, its own body unread. */
  send(sent: SentBody): Promise<Response>;
  /** Sorts what `send` fails with. @defaultValue as a connection that failed */
  sendFailure?(error: unknown): SendFailure;
  /** What no error may repeat, beside headers. The key of a user's client may be known only once it was used. */
  readonly secrets: readonly string[];
}

/** Gives what an attempt is sent by. */
export type SenderSource = () => Promise<Sender>;

/**
 * Gives the one sender of a key, made when it is first needed. Calls that start together share it, and one that cannot be made
 * is tried again by the next.
 */
export function oneForEachKey<Key>(
  readKey: () => Promise<Key>,
  make: (key: Key) => Sender | Promise<Sender>,
): SenderSource {
  let latest: { readonly key: Key; readonly sender: Promise<Sender> } | undefined;
  return async () => {
    const key = await readKey();
    if (latest !== undefined && latest.key === key) return latest.sender;
    const made = { key, sender: Promise.resolve(make(key)) };
    latest = made;
    made.sender.catch(() => {
      if (latest === made) latest = undefined;
    });
    return made.sender;
  };
}
