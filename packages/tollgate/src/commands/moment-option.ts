import { InvalidArgumentError } from 'commander';

/** Reads a day or a moment, in UTC, as milliseconds since the epoch. */
export function momentOption(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError(
    `Expected a day such as 2026-11-24 or a moment such as 2026-11-24T12:00Z; received "${text}".`,
  );
}
