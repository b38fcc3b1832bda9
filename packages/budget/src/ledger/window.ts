import { InvalidOptionError } from '@tollgate/sdk';

/** The time that a limit spans. Derived from the clock whenever it is needed; nothing ever resets it. */
export type WindowOptions =
  | 'total'
  | 'hour'
  | 'day'
  | 'month'
  /** The last so many milliseconds, at every moment. Range [1000, ∞). */
  | { readonly rollingMs: number };

/** Which slices of time count at a moment. Slices are named by their start in milliseconds since the epoch. */
export interface WindowSpan {
  /** The slice that an attempt of this moment belongs to. */
  readonly slice: number;
  /** First and last slice that count now. */
  readonly from: number;
  readonly to: number;
  /** The span stays the same within [`since`, `until`). `until` is when a calendar window starts again. */
  readonly since: number;
  readonly until: number;
}

/** A window as stores name it: `total`, `day@Europe/Berlin`, `rolling:60000`. */
export type WindowName = string;

const slicesOfRolling = 60;

/** @throws InvalidOptionError for a window or a time zone that does not exist. */
export function windowName(per: WindowOptions, zone: string): WindowName {
  if (per === 'total') return 'total';
  if (typeof per === 'object' && per !== null) {
    const { rollingMs } = per;
    if (!(Number.isInteger(rollingMs) && rollingMs >= 1000)) {
      throw new InvalidOptionError(
        'per.rollingMs',
        `per.rollingMs must be whole milliseconds of 1000 or more, received ${String(rollingMs)}.`,
      );
    }
    return `rolling:${rollingMs}`;
  }
  if (per !== 'hour' && per !== 'day' && per !== 'month') {
    throw new InvalidOptionError(
      'per',
      `per must be 'total', 'hour', 'day', 'month' or { rollingMs }, received ${JSON.stringify(per)}.`,
    );
  }
  calendarOf(zone);
  return `${per}@${zone}`;
}

/** The window of a name, as it was asked for. */
export function windowOf(name: WindowName): { readonly per: WindowOptions; readonly zone?: string } {
  if (name === 'total') return { per: name };
  if (name.startsWith('rolling:')) return { per: { rollingMs: Number(name.slice('rolling:'.length)) } };
  const [per, zone = 'UTC'] = name.split('@');
  return { per: per as 'hour' | 'day' | 'month', zone };
}

const whole: WindowSpan = { slice: 0, from: 0, to: 0, since: -Infinity, until: Infinity };
/** Spans at hand for each window: most attempts fall into the newest, sums over old rows into many. */
const known = new Map<WindowName, WindowSpan[]>();
const mostKnown = 32;

/**
 * The slices of a window at a moment.
 *
 * A rolling window is counted in 60 slices: an attempt counts for its whole length and for one slice more at most, never
 * for less. What a clock that went back left in the future counts too.
 */
export function windowAt(name: WindowName, atMs: number): WindowSpan {
  if (name === 'total') return whole;
  let spans = known.get(name);
  if (spans === undefined) known.set(name, (spans = []));
  for (const span of spans) if (atMs >= span.since && atMs < span.until) return span;
  const span = name.startsWith('rolling:') ? rollingAt(Number(name.slice(8)), atMs) : calendarAt(name, atMs);
  if (spans.length === mostKnown) spans.pop();
  spans.unshift(span);
  return span;
}

function rollingAt(lengthMs: number, atMs: number): WindowSpan {
  const sliceMs = Math.ceil(lengthMs / slicesOfRolling);
  const slice = Math.floor(atMs / sliceMs) * sliceMs;
  return {
    slice,
    from: slice - Math.ceil(lengthMs / sliceMs) * sliceMs,
    to: Number.MAX_SAFE_INTEGER,
    since: slice,
    until: slice + sliceMs,
  };
}

const longestMs = { hour: 3 * 3_600_000, day: 27 * 3_600_000, month: 32 * 86_400_000 };

function calendarAt(name: WindowName, atMs: number): WindowSpan {
  const { per, zone = 'UTC' } = windowOf(name) as { per: keyof typeof longestMs; zone?: string };
  const keyAt = calendarKey(per, zone);
  const key = keyAt(atMs);
  const since = firstMs(atMs - longestMs[per], atMs, (ms) => keyAt(ms) >= key);
  const until = firstMs(atMs, atMs + longestMs[per], (ms) => keyAt(ms) > key);
  return { slice: since, from: since, to: since, since, until };
}

/** The first millisecond after `before` at which `holds`, which stays true once it is. */
function firstMs(before: number, atMost: number, holds: (ms: number) => boolean): number {
  let low = before;
  let high = atMost;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** A number that rises with the calendar of a zone: one value an hour, a day or a month. */
function calendarKey(per: keyof typeof longestMs, zone: string): (ms: number) => number {
  const calendar = calendarOf(zone);
  return (ms) => {
    let key = 0;
    const fields: Record<string, number> = {};
    for (const { type, value } of calendar.formatToParts(ms)) fields[type] = Number(value);
    key = (fields['year'] ?? 0) * 100 + (fields['month'] ?? 0);
    if (per === 'month') return key;
    key = key * 100 + (fields['day'] ?? 0);
    return per === 'day' ? key : key * 100 + (fields['hour'] ?? 0);
  };
}

const calendars = new Map<string, Intl.DateTimeFormat>();

function calendarOf(zone: string): Intl.DateTimeFormat {
  let calendar = calendars.get(zone);
  if (calendar !== undefined) return calendar;
  try {
    calendar = new Intl.DateTimeFormat('en-u-ca-gregory', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      hourCycle: 'h23',
    });
  } catch {
    throw new InvalidOptionError(
      'zone',
      `zone must be an IANA time zone, for example "Europe/Berlin", received ${JSON.stringify(zone)}.`,
    );
  }
  calendars.set(zone, calendar);
  return calendar;
}
