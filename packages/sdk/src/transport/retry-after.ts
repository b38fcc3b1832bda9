/**
 * Milliseconds that a server asked to wait, by its `retry-after-ms` or `retry-after` header (seconds or a date), or
 * undefined where it did not ask or wrote something else. A date in the past is 0.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = plainNumber(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const header = headers.get('retry-after');
  const seconds = plainNumber(header);
  if (seconds !== undefined) return seconds * 1000;
  if (header === null || !/[a-z]/i.test(header)) return undefined;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function plainNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
