import { type Amounts, noAmounts } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { namesAll } from './matches.ts';
import type { StoredAttempt } from './store.ts';

/** Rows of a page are numbered by so many low bits of a row. */
const pageBits = 9;
const rowsOfPage = 2 ** pageBits;

/** What was held in five dimensions, and what it cost in five. */
const amountsOfRow = 10;
/** When it was admitted, until when it was waited for, when it ended. */
const timesOfRow = 3;

/** What many rows have in common. */
type Stamp = Pick<StoredAttempt, 'kind' | 'status' | 'priceKnown' | 'usageKnown'>;

/** So many rows that lie side by side. */
class Page {
  readonly attemptIds = blank<string>();
  /** Attempts that are kept as the objects that they are. */
  readonly whole = blank<StoredAttempt | undefined>();
  /** How many are held. */
  held = 0;
  /** The others, made with the first of them. */
  columns: Columns | undefined;
}

/** Attempts of a page that were taken apart. */
class Columns {
  readonly stamps = blank<Stamp>();
  readonly scopes = blank<StoredAttempt['scopes']>();
  readonly paid = blank<StoredAttempt['paid']>();
  readonly models = blank<StoredAttempt['model']>();
  readonly labels = blank<StoredAttempt['label']>();
  readonly usages = blank<StoredAttempt['usage']>();
  readonly candidateIds = blank<StoredAttempt['candidateIds']>();
  readonly amounts = new BigInt64Array(rowsOfPage * amountsOfRow);
  readonly timesMs = new Float64Array(rowsOfPage * timesOfRow);

  write(at: number, attempt: StoredAttempt, stamp: Stamp): void {
    this.stamps[at] = stamp;
    this.scopes[at] = attempt.scopes;
    this.paid[at] = attempt.paid;
    this.models[at] = attempt.model;
    this.labels[at] = attempt.label;
    this.usages[at] = attempt.usage;
    this.candidateIds[at] = attempt.candidateIds;
    this.#writeAmounts(at * amountsOfRow, attempt.hold);
    this.#writeAmounts(at * amountsOfRow + 5, attempt.cost);
    this.timesMs[at * timesOfRow] = attempt.atMs;
    this.timesMs[at * timesOfRow + 1] = attempt.leaseUntilMs;
    this.timesMs[at * timesOfRow + 2] = attempt.endedAtMs ?? Number.NaN;
  }

  read(at: number, attemptId: string): StoredAttempt {
    const { kind, status, priceKnown, usageKnown } = this.stamps[at] as Stamp;
    const endedAtMs = this.timesMs[at * timesOfRow + 2] as number;
    return {
      attemptId,
      kind,
      atMs: this.timesMs[at * timesOfRow] as number,
      leaseUntilMs: this.timesMs[at * timesOfRow + 1] as number,
      endedAtMs: Number.isNaN(endedAtMs) ? undefined : endedAtMs,
      scopes: this.scopes[at] as StoredAttempt['scopes'],
      paid: this.paid[at] as StoredAttempt['paid'],
      model: this.models[at] as StoredAttempt['model'],
      label: this.labels[at],
      status,
      hold: this.#readAmounts(at * amountsOfRow),
      cost: this.#readAmounts(at * amountsOfRow + 5),
      overrun: noAmounts,
      assumption: undefined,
      priceKnown,
      usage: this.usages[at],
      usageKnown,
      candidateIds: this.candidateIds[at] as StoredAttempt['candidateIds'],
      reason: undefined,
    };
  }

  #writeAmounts(from: number, { usd, tokens, calls, turns, seconds }: Amounts): void {
    this.amounts[from] = usd;
    this.amounts[from + 1] = tokens;
    this.amounts[from + 2] = calls;
    this.amounts[from + 3] = turns;
    this.amounts[from + 4] = seconds;
  }

  #readAmounts(from: number): Amounts {
    return {
      usd: this.amounts[from] as bigint,
      tokens: this.amounts[from + 1] as bigint,
      calls: this.amounts[from + 2] as bigint,
      turns: this.amounts[from + 3] as bigint,
      seconds: this.amounts[from + 4] as bigint,
    };
  }
}

/**
 * Attempts, each in the row that it was added in, close together and mostly out of the garbage collector's way.
 *
 * An attempt in flight is kept as the object that it is. Once it has ended it is taken apart: amounts and times go into
 * typed arrays, what it refers to into plain ones; it is put together again for whoever reads it. What is out of the
 * ordinary stays an object.
 */
export class AttemptSlab {
  readonly #pages: Page[] = [];
  readonly #stamps: Stamp[] = [];
  #size = 0;

  /** Adds one that is held, and gives its row: they are numbered from 0. */
  add(attempt: StoredAttempt): number {
    const row = this.#size;
    const at = row % rowsOfPage;
    if (at === 0) this.#pages.push(new Page());
    this.#size += 1;
    const page = this.#pageOf(row);
    page.attemptIds[at] = attempt.attemptId;
    page.whole[at] = attempt;
    page.held += 1;
    return row;
  }

  /** Keeps what the attempt of a row has become. */
  change(row: number, was: StoredAttempt, is: StoredAttempt): void {
    const page = this.#pageOf(row);
    const at = row % rowsOfPage;
    if (was.status === 'held' && is.status !== 'held') page.held -= 1;
    const whole = !isOrdinary(is);
    page.whole[at] = whole ? is : undefined;
    if (!whole) (page.columns ??= new Columns()).write(at, is, this.#stampOf(is));
  }

  at(row: number): StoredAttempt {
    const { whole, columns, attemptIds } = this.#pageOf(row);
    const at = row % rowsOfPage;
    return (whole[at] ?? columns?.read(at, attemptIds[at] as string)) as StoredAttempt;
  }

  attemptIdAt(row: number): string {
    return this.#pageOf(row).attemptIds[row % rowsOfPage] as string;
  }

  /** Those that name every one of `scopes`, row by row. */
  *naming(scopes: readonly ScopePair[]): Iterable<StoredAttempt> {
    // Many rows share a list.
    const isNamed = new Map<readonly ScopePair[], boolean>();
    for (let row = 0; row < this.#size; row += 1) {
      const named = this.#scopesAt(row);
      let isSought = isNamed.get(named);
      if (isSought === undefined) isNamed.set(named, (isSought = namesAll({ scopes: named }, scopes)));
      if (isSought) yield this.at(row);
    }
  }

  /** Those that are held, row by row. */
  *held(): Iterable<StoredAttempt> {
    for (const { held, whole } of this.#pages) {
      if (held > 0) for (const attempt of whole) if (attempt?.status === 'held') yield attempt;
    }
  }

  #scopesAt(row: number): readonly ScopePair[] {
    const { whole, columns } = this.#pageOf(row);
    const at = row % rowsOfPage;
    return whole[at]?.scopes ?? (columns?.scopes[at] as readonly ScopePair[]);
  }

  #pageOf(row: number): Page {
    return this.#pages[row >> pageBits] as Page;
  }

  /** One object for all rows that are alike: there are few. */
  #stampOf({ kind, status, priceKnown, usageKnown }: StoredAttempt): Stamp {
    for (const stamp of this.#stamps) {
      const isAlike = stamp.status === status && stamp.kind === kind;
      if (isAlike && stamp.priceKnown === priceKnown && stamp.usageKnown === usageKnown) return stamp;
    }
    const stamp = { kind, status, priceKnown, usageKnown };
    this.#stamps.push(stamp);
    return stamp;
  }
}

function blank<T>(): T[] {
  // oxlint-disable-next-line no-new-array -- a page is made at its length, so that filling it never grows it
  return new Array<T>(rowsOfPage);
}

/** Ended as foreseen, in amounts that have room in 64 bits. */
function isOrdinary({ status, overrun, reason, hold, cost }: StoredAttempt): boolean {
  return status !== 'held' && overrun === noAmounts && reason === undefined && isNarrow(hold) && isNarrow(cost);
}

/** Whether all have room in 64 bits, and none is negative. */
function isNarrow({ usd, tokens, calls, turns, seconds }: Amounts): boolean {
  const bits = usd | tokens | calls | turns | seconds;
  return BigInt.asUintN(63, bits) === bits;
}
