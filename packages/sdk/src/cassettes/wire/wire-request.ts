import { canonicalJson } from '../../wire/canonical-json.ts';
import type { Scrubber } from './scrub.ts';
import type { WireLine } from './wire-line.ts';

/** A request without its secrets, as it is recorded and as it is looked for. */
export function wireRequest(request: Request, body: string, scrub: Scrubber): WireLine['request'] {
  return {
    method: request.method,
    url: scrub.url(request.url),
    headers: scrub.headers(request.headers),
    body: bodyOf(scrub.text(body)),
  };
}

/** What makes two requests the same: method, address and body. Headers say little of what is asked. */
export function wireKey({ method, url, body }: WireLine['request']): string {
  return canonicalJson([method, url, body]);
}

function bodyOf(text: string): WireLine['request']['body'] {
  try {
    return JSON.parse(text) as WireLine['request']['body'];
  } catch {
    return text;
  }
}
