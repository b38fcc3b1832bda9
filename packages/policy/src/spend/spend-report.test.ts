import { createLedger, type Ledger, memoryStore, nanoOf } from '@tollgate/budget';
import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillLedger, simulatedClock } from './__fixtures__/fill-ledger.ts';
import { renderSpendHtml } from './render-spend-html.ts';
import { renderSpendTable } from './render-spend-table.ts';
import type { SpendSplit, SpendSums } from './spend-figures.ts';
import { spendReport } from './spend-report.ts';

const startMs = Date.parse('2026-11-02T08:00Z');
const dayMs = 86_400_000;

async function filled(options: { tasks: number; models?: number; spanMs?: number; seed?: number }): Promise<Ledger> {
  const clock = simulatedClock(startMs);
  const ledger = await createLedger({ store: memoryStore(), clock });
  await fillLedger(ledger, { clock, startMs, models: 3, spanMs: 20 * dayMs, ...options });
  return ledger;
}

function wholeOf({ parts, others, unnamed }: SpendSplit): readonly SpendSums[] {
  return [...parts, ...(others === undefined ? [] : [others]), ...(unnamed === undefined ? [] : [unnamed])];
}

const sumOf = (amounts: readonly { readonly nanoUsd: string }[]): bigint =>
  amounts.reduce((sum, amount) => sum + BigInt(amount.nanoUsd), 0n);

it('adds up to the totals of the ledger, however it is divided', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        tasks: fc.integer({ min: 0, max: 60 }),
        models: fc.integer({ min: 1, max: 14 }),
        spanMs: fc.constantFrom(3_600_000, 2 * dayMs, 60 * dayMs, 500 * dayMs),
        top: fc.integer({ min: 1, max: 12 }),
        seed: fc.integer(),
      }),
      async ({ top, ...options }) => {
        const ledger = await filled(options);
        const { settled, held, overrun, rows } = await ledger.totals();
        const report = await spendReport(ledger, {
          top,
          by: ['org', 'user', 'task', 'nobody'],
          zone: 'America/New_York',
        });
        expect(report.totals).toMatchObject({ settled, held, overrun, attempts: rows });
        for (const split of [report.byModel, ...report.byScope]) {
          const parts = wholeOf(split);
          expect(sumOf(parts.map((part) => part.settled))).toBe(nanoOf(settled));
          expect(sumOf(parts.map((part) => part.held))).toBe(nanoOf(held));
          expect(sumOf(parts.map((part) => part.overrun))).toBe(nanoOf(overrun));
          expect(parts.reduce((sum, part) => sum + part.attempts, 0)).toBe(rows);
          expect(parts.reduce((sum, part) => sum + part.tokens.output, 0)).toBe(report.totals.tokens.output);
          expect(split.parts.length).toBeLessThanOrEqual(top);
        }
        const { buckets, names } = report.overTime;
        expect(names.length).toBeLessThanOrEqual(8);
        expect(sumOf(buckets.map((bucket) => bucket.settled))).toBe(nanoOf(settled));
        expect(sumOf(buckets.flatMap((bucket) => bucket.byName))).toBe(nanoOf(settled));
        expect(buckets.reduce((sum, bucket) => sum + bucket.attempts, 0)).toBe(rows);
        expect(buckets.at(-1)?.cumulative ?? settled).toEqual(settled);
        for (const known of [report.byUsageKnown, report.byPriceKnown]) {
          expect(sumOf(known.map(({ cost }) => cost))).toBe(nanoOf(settled));
        }
        expect(sumOf(report.doubtful.overruns.map(({ amount }) => amount))).toBe(nanoOf(overrun));
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      },
    ),
    { seed: 5, numRuns: 25 },
  );
});

describe('scopes and time', () => {
  it('narrows to the attempts of a scope, and to a time; what is before and what is after add up', async () => {
    const ledger = await filled({ tasks: 60 });
    const scopes = { policy: 'cascade' };
    const whole = await spendReport(ledger, { scopes });
    expect(whole.totals.settled).toEqual((await ledger.totals(scopes)).settled);
    const half = startMs + 10 * dayMs;
    const before = await spendReport(ledger, { scopes, untilMs: half });
    const after = await spendReport(ledger, { scopes, fromMs: half });
    expect(before.totals.attempts).toBeGreaterThan(0);
    expect(sumOf([before.totals.settled, after.totals.settled])).toBe(nanoOf(whole.totals.settled));
    expect(whole.passes?.policies.map(({ policy }) => policy)).toEqual(['cascade']);
  });

  it('puts attempts into the days of the zone, without a gap', async () => {
    const clock = simulatedClock(startMs);
    const ledger = await createLedger({ store: memoryStore(), clock });
    // 23:30 in Berlin on the 2nd, 00:30 on the 3rd, and a day eight days later.
    for (const [i, at] of ['2026-11-02T22:30Z', '2026-11-02T23:30Z', '2026-11-10T12:00Z'].entries()) {
      clock.set(Date.parse(at));
      const model = { provider: 'acme', modelId: 'm' };
      const hold = await ledger.reserve({
        attemptId: `a${i}`,
        scopes: {},
        model,
        priceKnown: 'list',
        want: { usd: 10n },
      });
      await hold.settle({
        costNano: BigInt(i + 1),
        priceKnown: 'list',
        usage: {},
        usageKnown: 'exact',
        candidateIds: [],
        assumption: '',
      });
    }
    const { overTime } = await spendReport(ledger, { zone: 'Europe/Berlin' });
    expect(overTime.unit).toBe('day');
    expect(overTime.buckets).toHaveLength(9);
    expect(overTime.buckets.slice(0, 2).map(({ start, settled }) => [start, settled.nanoUsd])).toEqual([
      ['2026-11-02 00:00', '1'],
      ['2026-11-03 00:00', '2'],
    ]);
    await expect(spendReport(ledger, { zone: 'Mars/Olympus' })).rejects.toThrow(InvalidOptionError);
  });
});

it('finds what bought nothing, what overran and what is to be reconciled', async () => {
  const clock = simulatedClock(startMs);
  const ledger = await createLedger({ store: memoryStore(), clock, leaseMs: 1000 });
  await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.0000002 });
  const hold = (attemptId: string): ReturnType<Ledger['reserve']> =>
    ledger.reserve({
      attemptId,
      scopes: { user: 'ada' },
      model: { provider: 'acme', modelId: 'm' },
      priceKnown: 'list',
      want: { usd: 40n },
    });
  const charge = {
    priceKnown: 'list',
    usage: { inputUncached: 5, cacheRead: 15, outputText: 2 },
    usageKnown: 'exact',
    assumption: 'prices are right',
  } as const;
  await (await hold('r/0')).settle({ ...charge, costNano: 30n, candidateIds: [], usageKnown: 'estimated' });
  await (await hold('r/1')).settle({ ...charge, costNano: 45n, candidateIds: ['c'] });
  await (await hold('r/2')).release('overloaded');
  await hold('lost/0');
  clock.set(startMs + 5000);
  await ledger.reportOutcome({ resultId: 'r', passed: true, source: 'tests' });
  await ledger.reportOutcome({ resultId: 'elsewhere', passed: true, source: 'tests' });
  const report = await spendReport(ledger);
  expect(report.doubtful.verdictsAboutNothing).toBe(1);
  expect(report.totals).toMatchObject({
    attempts: 4,
    cacheReadShare: 0.75,
    settled: { nanoUsd: '75' },
    held: { nanoUsd: '40' },
  });
  expect(report.doubtful).toMatchObject({
    nothingBought: { attempts: 1, cost: { nanoUsd: '30' } },
    released: 1,
    overruns: [{ assumption: 'prices are right', attempts: 1, amount: { nanoUsd: '5' } }],
    expired: { attempts: 1, held: { nanoUsd: '40' }, first: [{ attemptId: 'lost/0' }] },
  });
  expect(report.passes).toMatchObject({ policies: [{ runs: 1, accuracy: 1 }], unjudged: { attempts: 1 } });
  expect(report.limits).toMatchObject([{ scope: { kind: 'user', id: 'ada' }, used: 115 / 200 }]);
});

describe('the table and the page', () => {
  it('show a full ledger, the same each time', async () => {
    const ledger = await filled({ tasks: 90, models: 30 });
    const report = await spendReport(ledger);
    const table = renderSpendTable(report);
    expect(table).toMatch(
      /^\d+ attempts, 2026-11-02 08:00 to 2026-11-\d\d \d\d:\d\d \(UTC\)\. Money in US dollars\.$/m,
    );
    expect(table).toMatch(/^\d+ more +/m);
    expect(table).toMatch(/^\* +large only +/m);
    const page = renderSpendHtml(report);
    expect(page).toBe(renderSpendHtml(await spendReport(ledger)));
    for (const title of ['Over time', 'What a pass costs', 'By model', 'By user', 'To look at']) {
      expect(page).toContain(`<h2>${title}</h2>`);
    }
    expect(page).not.toMatch(/NaN|Infinity|undefined|https?:/);
  });

  it('show an empty ledger, and one whose calls cost nothing', async () => {
    const clock = simulatedClock(startMs);
    const ledger = await createLedger({ store: memoryStore(), clock });
    const empty = await spendReport(ledger);
    expect(renderSpendTable(empty)).toMatch(/^0 attempts\./);
    expect(renderSpendHtml(empty)).toContain('No attempt is in this report.');
    const model = { provider: '<i>', modelId: '"free"' };
    const hold = await ledger.reserve({
      attemptId: 'a',
      scopes: { '<b>': '<script>' },
      model,
      priceKnown: 'override',
      want: {},
    });
    await hold.settle({
      costNano: 0n,
      priceKnown: 'override',
      usage: {},
      usageKnown: 'exact',
      candidateIds: ['c'],
      assumption: '',
    });
    await ledger.setLimit({ kind: '<b>', id: '<script>', usd: 0 });
    await ledger.reportOutcome({ scopes: { '<b>': '<script>' }, passed: false, source: '<u>' });
    const free = await spendReport(ledger);
    const page = renderSpendHtml(free);
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script|<b>|<u>|"free"/);
    expect(renderSpendTable(free)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
