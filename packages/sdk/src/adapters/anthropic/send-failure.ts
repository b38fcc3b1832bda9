import { libraryFailure, type SendFailure } from '../../transport/send-failure.ts';

/**
 * Sorts what the official library failed with. What is neither a reply nor a connection comes, from our own client, before
 * anything is sent; a user's client may have middleware, which may fail after that.
 */
export function sendFailure(error: unknown, isOurs: boolean): SendFailure {
  const failure = error instanceof TypeError ? 'bad-request' : 'engine';
  return (
    libraryFailure(error, 'body') ?? {
      what: `could not be asked: its client failed${isOurs ? ' before it sent anything' : ''}. The cause says how`,
      facts: { failure, dispatch: isOurs ? 'not-sent' : 'unknown', cause: error },
    }
  );
}
