import { createLedger, windowAt, windowName } from '@tollgate/budget';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { type SpendReport, spendReport } from '@tollgate/policy';

/** What of a ledger is shown. */
export interface SpendFlags {
  readonly scope?: Readonly<Record<string, string>>;
  readonly by?: readonly string[];
  /** A day of the zone, or a moment. */
  readonly from?: string;
  readonly until?: string;
  readonly zone?: string;
  readonly top?: number;
}

/** Reads the report of a ledger's file. */
export async function readSpend(path: string, flags: SpendFlags): Promise<SpendReport> {
  const { scope, by, from, until, zone = 'UTC', top } = flags;
  const range = {
    ...(from !== undefined && { fromMs: startOf(from, zone) }),
    ...(until !== undefined && { untilMs: startOf(until, zone) }),
  };
  const ledger = await createLedger({ store: sqliteStore(path) });
  try {
    return await spendReport(ledger, {
      ...range,
      zone,
      ...(scope !== undefined && { scopes: scope }),
      ...(by !== undefined && { by }),
      ...(top !== undefined && { top }),
    });
  } finally {
    await ledger.close();
  }
}

const hourMs = 3_600_000;

/** When a day begins by the calendar of a zone; a moment is itself. */
function startOf(date: string, zone: string): number {
  const ms = Date.parse(date);
  if (date.includes('T')) return ms;
  const name = windowName('day', zone);
  // Midnights lie up to 14 hours before and 12 hours after that of UTC.
  const before = windowAt(name, ms - 14 * hourMs);
  return before.since >= ms - 14 * hourMs ? before.since : before.until;
}
