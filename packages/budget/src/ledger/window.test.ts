import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowAt, windowName, windowOf } from './window.ts';

const hourMs = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

function spanOf(per: 'hour' | 'day' | 'month', zone: string, at: string): readonly string[] {
  const { since, until } = windowAt(windowName(per, zone), Date.parse(at));
  return [iso(since), iso(until)];
}

describe('a calendar window', () => {
  it.each([
    ['hour', 'UTC', '2026-11-24T14:25:36.789Z', '2026-11-24T14:00:00.000Z', '2026-11-24T15:00:00.000Z'],
    ['hour', 'Asia/Kolkata', '2026-11-24T14:25:00Z', '2026-11-24T13:30:00.000Z', '2026-11-24T14:30:00.000Z'],
    ['day', 'UTC', '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-11-24T22:59:59.999Z', '2026-11-23T23:00:00.000Z', '2026-11-24T23:00:00.000Z'],
    ['day', 'America/New_York', '2026-11-24T04:59:00Z', '2026-11-23T05:00:00.000Z', '2026-11-24T05:00:00.000Z'],
    ['month', 'UTC', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['month', 'Pacific/Auckland', '2024-02-29T10:00:00Z', '2024-01-31T11:00:00.000Z', '2024-02-29T11:00:00.000Z'],
    // Clocks go forward and back: days of 23 and 25 hours, and a day that begins at one o'clock.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['day', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
  ] as const)('%s in %s at %s begins %s and ends %s', (...row) => {
    const [per, zone, at, since, until] = row;
    expect(spanOf(per, zone, at)).toEqual([since, until]);
  });

  it('divides all of time, whatever the zone', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Cairo',
    ];
    const atMs = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom('hour', 'day', 'month'), atMs, (zone, per, at) => {
        const name = windowName(per, zone);
        const { since, until, slice, from, to } = windowAt(name, at);
        expect(since <= at && at < until).toBe(true);
        expect([slice, from, to]).toEqual([since, since, since]);
        expect(windowAt(name, until).since).toBe(until);
        expect(windowAt(name, since - 1).until).toBe(since);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe('a rolling window', () => {
  it('counts everything of its length and of one slice more at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 40 * hourMs }), fc.nat(1e12), fc.nat(1e9), (lengthMs, at, laterMs) => {
        const name = windowName({ rollingMs: lengthMs }, 'UTC');
        const { slice } = windowAt(name, at);
        const later = windowAt(name, at + laterMs);
        const counts = slice >= later.from && slice <= later.to;
        if (laterMs <= lengthMs) expect(counts).toBe(true);
        if (laterMs > lengthMs + 2 * Math.ceil(lengthMs / 60)) expect(counts).toBe(false);
        const earlier = windowAt(name, at - laterMs);
        expect(slice >= earlier.from && slice <= earlier.to).toBe(true);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

it('has a name that says all about it', () => {
  expect(windowOf(windowName('total', 'UTC'))).toEqual({ per: 'total' });
  expect(windowOf(windowName('day', 'Europe/Berlin'))).toEqual({ per: 'day', zone: 'Europe/Berlin' });
  expect(windowOf(windowName({ rollingMs: 60_000 }, 'UTC'))).toEqual({ per: { rollingMs: 60_000 } });
});
