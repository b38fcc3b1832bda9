import { libraryFailure, type SendFailure } from '../../transport/send-failure.ts';

/**
 * Sorts what a user's client failed with. What is neither a reply nor a connection may come of its middleware, before or after
 * anything was sent.
 */
export function sendFailure(error: unknown): SendFailure {
  const failure = error instanceof TypeError ? 'bad-request' : 'engine';
  return (
    libraryFailure(error, 'body') ?? {
      what: 'could not be asked: its client failed. The cause says how',
      facts: { failure, dispatch: 'unknown', cause: error },
    }
  );
}
