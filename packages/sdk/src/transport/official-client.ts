import { InvalidOptionError } from '../errors/invalid-option-error.ts';

/** What a request is sent with. */
export interface PostOptions {
  readonly body: object;
  readonly headers: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  readonly stream: true;
  /** Milliseconds until the headers of the answer. */
  readonly timeout: number;
  readonly maxRetries: 0;
}

/** The part of the providers' official clients that is used. */
export interface OfficialClient {
  post(path: string, options: PostOptions): { asResponse(): Promise<Response> };
}

// The library's own limit must not come before ours, which knows a live connection from a silent one.
const noTimeoutMs = 2 ** 31 - 1;

/** Posts by an official client, which builds and signs the request and leaves the answer, its errors apart, unread. */
export async function postUnread(
  client: OfficialClient,
  path: string,
  request: Pick<PostOptions, 'body' | 'headers' | 'signal'>,
): Promise<Response> {
  return client.post(path, { ...request, stream: true, timeout: noTimeoutMs, maxRetries: 0 }).asResponse();
}

/** Refuses options that a client of the user's own already has. */
export function checkBesideClient(client: OfficialClient | undefined, options: object): void {
  if (client === undefined) return;
  const doubled = Object.entries(options).find(([, value]) => value !== undefined)?.[0];
  if (doubled === undefined) return;
  throw new InvalidOptionError(
    doubled,
    `${doubled} was given, and so was a client, which has its own. Give one of them.`,
  );
}
