import { libraryFailure, type SendFailure } from '../../transport/send-failure.ts';

/** Sorts what a client of the SDK failed with. What is neither a reply nor a connection failed before anything was sent. */
export function sendFailure(error: unknown): SendFailure {
  const failure = error instanceof TypeError ? 'bad-request' : 'auth';
  return (
    libraryFailure(error, 'error') ?? {
      what: 'was not asked: its client failed before it sent anything. The cause says how',
      facts: { failure, dispatch: 'not-sent', cause: error },
    }
  );
}
