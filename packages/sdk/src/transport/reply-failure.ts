import type { CallFailure, Dispatch } from '../errors/model-call-error.ts';

/** What a reply says went wrong, in our words. */
export interface ReplyFailure {
  readonly failure: CallFailure;
  readonly dispatch: Dispatch;
  /** The provider's own words, on one line. */
  readonly message: string;
}

/**
 * What an HTTP status alone says. A gateway that gave up waiting (504, 524) does not know what the engine behind it did,
 * so the outcome is unknown; every other error status is a refusal.
 */
export function failureOfStatus(status: number): Omit<ReplyFailure, 'message'> {
  switch (status) {
    case 401:
    case 402:
    case 403:
      return { failure: 'auth', dispatch: 'refused' };
    case 404:
      return { failure: 'not-found', dispatch: 'refused' };
    case 408:
      return { failure: 'timeout', dispatch: 'refused' };
    case 429:
      return { failure: 'rate-limit', dispatch: 'refused' };
    case 503:
    case 529:
      return { failure: 'overloaded', dispatch: 'refused' };
    case 504:
    case 524:
      return { failure: 'timeout', dispatch: 'unknown' };
    default:
      return { failure: status >= 500 ? 'server' : 'bad-request', dispatch: 'refused' };
  }
}

const longestMessage = 500;

/** Text from outside on one line of bounded length, as an error message may quote it. */
export function quotable(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage)}…`;
}

/** The title of an HTML page, or undefined for anything else. Proxies and wrong addresses answer with such pages. */
export function htmlTitle(body: string): string | undefined {
  if (!/^\s*<(?:!doctype html|html|head|body)\b/i.test(body)) return undefined;
  const title = /<title[^>]*>([^<]*)</i.exec(body)?.[1]?.trim();
  return title === undefined || title === '' ? 'a page without a title' : quotable(title);
}
