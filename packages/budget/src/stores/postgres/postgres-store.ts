import { InvalidOptionError, TollgateError } from '@tollgate/sdk';
import { type Amounts, dimensions } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import { windowAt, windowOf } from '../../ledger/window.ts';
import { endAttempt } from '../end-attempt.ts';
import { grantScope } from '../grant-row.ts';
import { heldAttempt } from '../held-attempt.ts';
import { type Claim, LimitBook } from '../limit-book.ts';
import type {
  Admission,
  AttemptQuery,
  Crossing,
  Ended,
  Ending,
  HoldAsk,
  LimitBalance,
  LimitKey,
  Store,
  StoredAttempt,
  StoredLimit,
  StoredOutcome,
  StoredTotals,
} from '../store.ts';
import { totalsOf } from '../totals-of.ts';
import { amountsOf, attemptOf, attemptQuery, integer, optionalText, textOf } from './attempt-row.ts';
import { conditionOf } from './attempt-condition.ts';
import { lockSlice, schemaSql, schemaVersion } from './postgres-schema.ts';
import { ScopeSets } from './scope-sets.ts';
import type { SqlClient, SqlRow } from './sql-client.ts';
import { expiredOf, refusalOf, type StepAnswer } from './step-answer.ts';

export type { SqlClient };
import { type AttemptChange, StepBatch } from './step-batch.ts';

/** Options of `postgresStore`. */
export interface PostgresStoreOptions {
  /** The schema that everything is kept in; made when the ledger is created. Letters, digits and `_`. @defaultValue 'tollgate' */
  readonly schema?: string;
  /**
   * What a recorded attempt survives. `power`: everything the server promises. `process`: that clients are killed, but not
   * that the server's machine goes down, which loses the last fraction of a second; about twice as fast. @defaultValue 'power'
   */
  readonly durability?: 'process' | 'power';
}

/**
 * Keeps a ledger in PostgreSQL (13 or newer), for many processes on many machines; rows can be queried with SQL.
 *
 * What one process asks for while a statement is under way goes into the next one, so that a scope that everybody spends
 * from is locked once for many calls. The client must be able to create a schema, or find one that was made before.
 *
 * @throws InvalidOptionError for an option that cannot be meant. `createLedger` throws what the client does when the server
 * cannot be reached.
 * @example
 * const ledger = await createLedger({ store: postgresStore(new Pool({ connectionString })) });
 */
export function postgresStore(client: SqlClient, options: PostgresStoreOptions = {}): Store {
  const { schema = 'tollgate', durability = 'power' } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new InvalidOptionError(
      'schema',
      `schema must be a name of lower-case letters, digits and _, received ${JSON.stringify(schema)}.`,
    );
  }
  if (durability !== 'process' && durability !== 'power') {
    throw new InvalidOptionError(
      'durability',
      `durability must be 'process' or 'power', received ${JSON.stringify(durability)}.`,
    );
  }
  return new PostgresStore(client, schema, durability === 'power');
}

/** What waits for the next statement. */
type Job = {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
} & (
  | { readonly ask: HoldAsk; readonly isSpent: boolean; readonly resolve: (admission: Admission) => void }
  | { readonly change: AttemptChange; readonly resolve: (changed: boolean) => void }
);

/** Jobs of one statement, at most. */
const mostJobs = 256;
/** Account slices known to be there, at most. */
const mostAccounts = 100_000;

class PostgresStore implements Store {
  readonly #client: SqlClient;
  readonly #schema: string;
  readonly #flush: boolean;
  readonly #sets: ScopeSets;
  readonly #accounts = new Set<string>();
  /** Attempts of this process, as it left them. */
  readonly #held = new Map<string, StoredAttempt>();
  #limits: { readonly book: LimitBook; readonly version: number } | undefined;
  #opened: Promise<string> | undefined;
  #jobs: Job[] = [];
  #isRunning = false;
  #isClosed = false;

  constructor(client: SqlClient, schema: string, flush: boolean) {
    this.#client = client;
    this.#schema = schema;
    this.#flush = flush;
    this.#sets = new ScopeSets(client, schema);
  }

  async open(): Promise<string> {
    this.#isClosed = false;
    this.#opened ??= this.#prepare().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #prepare(): Promise<string> {
    // Concurrent creators would trip over one another's catalogue rows.
    await this.#client.query(
      `BEGIN; SELECT pg_advisory_xact_lock(hashtext('${this.#schema}'), 0);${schemaSql(this.#schema)}COMMIT;`,
    );
    const [ledger] = await this.#rows(`SELECT ledger_id, schema_version FROM ${this.#schema}.ledger`);
    if (Number(ledger?.['schema_version']) !== schemaVersion) {
      throw new TollgateError(
        'invalid-file',
        `The ledger in schema "${this.#schema}" has version ${String(ledger?.['schema_version'])}, and this release reads version ${schemaVersion}. Open it with the release that wrote it, or use another schema.`,
      );
    }
    return String(ledger?.['ledger_id']);
  }

  async reserve(ask: HoldAsk): Promise<Admission> {
    return this.#reserve(ask, false);
  }

  async #reserve(ask: HoldAsk, isSpent: boolean): Promise<Admission> {
    this.#requireOpen();
    const admission = await new Promise<Admission>((resolve, reject) => this.#add({ ask, isSpent, resolve, reject }));
    if (admission.outcome === 'held') this.#held.set(ask.attemptId, heldAttempt(ask, admission.hold));
    return admission;
  }

  async trim(attemptId: string, lower: Amounts): Promise<void> {
    await this.#change(attemptId, (attempt) => {
      if (attempt.status !== 'held') return undefined;
      const hold = { ...attempt.hold };
      for (const each of dimensions) if (lower[each] < hold[each]) hold[each] = lower[each];
      return { ...attempt, hold };
    });
  }

  async end(ending: Ending): Promise<Ended | undefined> {
    const attempt = await this.#change(ending.attemptId, (was) => endAttempt(was, ending));
    if (attempt === undefined) return undefined;
    return { attempt: attempt.now, crossed: attempt.isChanged ? await this.#crossings(attempt.now) : [] };
  }

  async record(ask: HoldAsk, ending: Ending): Promise<Ended> {
    // An attempt that is there already stays as it is.
    await this.#reserve(ask, true);
    return (await this.end(ending)) as Ended;
  }

  async setLimit(limit: Omit<StoredLimit, 'version'>): Promise<StoredLimit> {
    const { kind, id, dimension, per, cap, soft } = limit;
    const isRolling = per.startsWith('rolling:');
    const sliceMs = isRolling ? Math.ceil(Number(per.slice('rolling:'.length)) / 60) : null;
    const isCalendar = !isRolling && windowOf(per).per !== 'total';
    const [row] = await this.#rows(`SELECT ${this.#schema}.set_limit($1, $2, $3) AS version`, [
      JSON.stringify({ kind, id, dimension, per, cap: String(cap), soft }),
      sliceMs,
      isCalendar ? await this.#windowStarts(per) : [],
    ]);
    this.#forgetLimits();
    return { kind, id, dimension, per, cap, soft, version: Number(row?.['version']) };
  }

  /** Where the calendar windows of all attempts begin, and one after them. */
  async #windowStarts(per: string): Promise<readonly number[]> {
    const [span] = await this.#rows(`SELECT min(at_ms) AS first, max(at_ms) AS last FROM ${this.#schema}.attempts`);
    if (span?.['first'] == null) return [0];
    const last = Number(span['last']);
    const starts: number[] = [];
    for (let at = windowAt(per, Number(span['first'])); ; at = windowAt(per, at.until)) {
      starts.push(at.slice);
      if (at.since > last) return starts;
    }
  }

  async removeLimit({ kind, id, dimension, per }: LimitKey): Promise<boolean> {
    const [row] = await this.#rows(`SELECT ${this.#schema}.remove_limit($1) AS removed`, [
      JSON.stringify({ kind, id, dimension, per }),
    ]);
    this.#forgetLimits();
    return row?.['removed'] === true;
  }

  async limits(): Promise<readonly StoredLimit[]> {
    return (await this.#readLimits()).book.all();
  }

  async balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): Promise<readonly LimitBalance[]> {
    const { book } = await this.#readLimits();
    const claims = book.claims(asked, nowMs);
    const sums = await this.#sums(claims);
    const expired = await this.#expired(nowMs);
    return claims.map((claim, i) => ({
      limit: claim.limit,
      scope: claim.scope,
      ...(sums[i] ?? { settled: 0n, held: 0n, overrun: 0n }),
      expired: expiredOf(claim, expired),
      resetsAtMs: claim.span.from === claim.span.to ? claim.span.until : Infinity,
    }));
  }

  async attempts(query: AttemptQuery): Promise<readonly StoredAttempt[]> {
    const { where, values } = conditionOf(query);
    return (await this.#rows(attemptQuery(this.#schema, where), values)).map(attemptOf);
  }

  async totals(scopes: readonly ScopePair[]): Promise<StoredTotals> {
    const { where, values } = conditionOf({ scopes, nowMs: 0 });
    const [sums] = await this.#rows(
      `SELECT count(*) FILTER (WHERE t.kind = 'call') AS rows, sum(t.cost_nano) AS settled,
         sum(t.hold_nano) FILTER (WHERE t.status = 'held') AS held, sum(t.overrun_nano) AS overrun
       FROM ${this.#schema}.attempts t JOIN ${this.#schema}.scope_sets s ON s.scope_set = t.scope_set
       WHERE t.kind <> 'grant' AND ${where}`,
      values,
    );
    const grants = await this.attempts({ scopes, kind: 'grant', nowMs: -1 });
    const own = new Map<string, readonly StoredAttempt[]>();
    const found = [...grants];
    // Grants that were carved from these come to the end of the list.
    for (const { attemptId } of found) {
      const scope = grantScope(attemptId);
      if (own.has(scope.id)) continue;
      const attempts = await this.attempts({ scopes: [scope], nowMs: 0 });
      own.set(scope.id, attempts);
      found.push(...attempts.filter(({ kind }) => kind === 'grant'));
    }
    const inGrants = totalsOf(grants, (grant) => own.get(grant.id) ?? []);
    return {
      settledNano: integer(sums?.['settled']),
      heldNano: integer(sums?.['held']) + inGrants.heldNano,
      overrunNano: integer(sums?.['overrun']),
      rows: Number(sums?.['rows']),
    };
  }

  async reportOutcome({ resultId, scopes, passed, source, atMs }: StoredOutcome): Promise<void> {
    await this.#sets.prepare([scopes]);
    await this.#rows(
      `INSERT INTO ${this.#schema}.outcomes (result_id, scope_set, passed, source, at_ms) VALUES ($1, $2, $3, $4, $5)`,
      [resultId ?? null, this.#sets.idOf(scopes), passed, source, atMs],
    );
  }

  async outcomes(scopes: readonly ScopePair[]): Promise<readonly StoredOutcome[]> {
    const { where, values } = conditionOf({ scopes, nowMs: 0 });
    const rows = await this.#rows(
      `SELECT o.*, s.scopes FROM ${this.#schema}.outcomes o JOIN ${this.#schema}.scope_sets s ON s.scope_set = o.scope_set
       WHERE ${where} ORDER BY o.sequence`,
      values,
    );
    return rows.map(
      (row): StoredOutcome => ({
        resultId: optionalText(row['result_id']),
        scopes: row['scopes'] as readonly ScopePair[],
        passed: row['passed'] === true,
        source: textOf(row['source']),
        atMs: Number(row['at_ms']),
      }),
    );
  }

  /** The client is the caller's, and stays open. */
  close(): void {
    this.#isClosed = true;
  }

  /** Changes an attempt as `how` says, again where somebody else was faster. Gives it as it is then. */
  async #change(
    attemptId: string,
    how: (attempt: StoredAttempt) => StoredAttempt | undefined,
  ): Promise<{ readonly now: StoredAttempt; readonly isChanged: boolean } | undefined> {
    this.#requireOpen();
    let was = this.#held.get(attemptId);
    for (;;) {
      was ??= (await this.attempts({ attemptId, nowMs: 0 }))[0];
      if (was === undefined) return undefined;
      const becomes = how(was);
      if (becomes === undefined) return { now: was, isChanged: false };
      const change = { was, becomes };
      const isChanged = await new Promise<boolean>((resolve, reject) => this.#add({ change, resolve, reject }));
      if (becomes.status === 'held' && isChanged) this.#held.set(attemptId, becomes);
      else this.#held.delete(attemptId);
      if (isChanged) return { now: becomes, isChanged };
      was = undefined;
    }
  }

  /** Soft limits that the attempt has brought to their cap. */
  async #crossings(attempt: StoredAttempt): Promise<readonly Crossing[]> {
    const claims = (this.#limits?.book.claims(attempt, attempt.atMs) ?? []).filter(({ limit }) => limit.soft);
    if (claims.length === 0) return [];
    const sums = await this.#sums(claims);
    const crossed: Crossing[] = [];
    for (const [i, { limit, scope, span }] of claims.entries()) {
      const settled = sums[i]?.settled ?? 0n;
      if (settled < limit.cap) continue;
      const told = await this.#rows(
        `UPDATE ${this.#schema}.accounts SET told = true
         WHERE kind = $1 AND id = $2 AND dimension = $3 AND per = $4 AND slice = $5
           AND NOT EXISTS (SELECT 1 FROM ${this.#schema}.accounts o WHERE o.kind = $1 AND o.id = $2 AND o.dimension = $3
             AND o.per = $4 AND o.slice BETWEEN $6 AND $7 AND o.told)
         RETURNING slice`,
        [scope.kind, scope.id, limit.dimension, limit.per, span.slice, span.from, span.to],
      );
      if (told.length > 0) crossed.push({ limit, scope, settled });
    }
    return crossed;
  }

  #add(job: Job): void {
    this.#jobs.push(job);
    if (this.#isRunning) return;
    this.#isRunning = true;
    queueMicrotask(() => void this.#run());
  }

  /** One statement after the other: whatever came meanwhile goes into the next. */
  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs.splice(0, mostJobs);
      try {
        await this.#step(jobs);
      } catch (error) {
        for (const job of jobs) job.reject(error);
      }
    }
    this.#isRunning = false;
  }

  async #step(all: readonly Job[]): Promise<void> {
    const jobs = this.#withoutRepeats(all);
    await this.#sets.prepare(jobs.flatMap((job) => ('ask' in job ? [job.ask.scopes, job.ask.paid] : [])));
    for (let tries = 1; ; tries += 1) {
      const { book, version } = this.#limits ?? (await this.#readLimits());
      const ready = jobs.filter(
        (job) => 'change' in job || book.missingKind(job.ask.scopes) === undefined || job.isSpent,
      );
      const batch = new StepBatch((name) => this.#accounts.has(name));
      for (const job of ready) {
        if ('change' in job) batch.addChange(job.change, book.claims(job.change.was, job.change.was.atMs));
        else {
          const { ask, isSpent } = job;
          const claims = book.claims(ask, ask.atMs);
          batch.addAsk(ask, {
            claims,
            isSpent,
            scopeSet: this.#sets.idOf(ask.scopes),
            paidSet: this.#sets.idOf(ask.paid),
          });
        }
      }
      const answer = await this.#tryStep(batch, version, tries);
      if (answer === undefined) continue;
      for (const name of batch.accountNames) this.#accounts.add(name);
      if (this.#accounts.size > mostAccounts) this.#accounts.clear();
      for (const job of jobs) {
        const missing = 'ask' in job && !ready.includes(job) ? book.missingKind(job.ask.scopes) : undefined;
        if (missing !== undefined && 'ask' in job) job.resolve({ outcome: 'missing-scope', kind: missing });
      }
      await this.#answer(ready, answer, book);
      return;
    }
  }

  /** The answer of the server; undefined where it has to be asked again. */
  async #tryStep(batch: StepBatch, version: number, tries: number): Promise<StepAnswer | undefined> {
    try {
      const [row] = await this.#rows(
        `SELECT ${this.#schema}.step($1, $2, $3, $4, $5, $6) AS answer`,
        batch.parameters(version, this.#flush),
      );
      const answer = row?.['answer'] as StepAnswer | null | undefined;
      if (answer == null) this.#forgetLimits();
      return answer ?? undefined;
    } catch (error) {
      // Writers that met crosswise, or the same new attempt from two sides: nothing was done, and the next time sees it.
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (tries < 8 && (code === '40P01' || code === '40001' || code === '23505')) return undefined;
      throw error;
    }
  }

  async #answer(ready: readonly Job[], { changed, results }: StepAnswer, book: LimitBook): Promise<void> {
    const done = new Set(changed);
    let expired: readonly StoredAttempt[] | undefined;
    let at = 0;
    for (const job of ready) {
      if ('change' in job) {
        job.resolve(done.has(job.change.was.attemptId));
        continue;
      }
      const result = results[at];
      at += 1;
      if (result?.outcome === 'held') job.resolve({ outcome: 'held', hold: amountsOf(result.hold) });
      else if (result?.outcome === 'refused') {
        expired ??= await this.#expired(job.ask.atMs);
        job.resolve(refusalOf(job.ask, { book, balances: result.balances, expired }));
      } else if (result?.outcome === 'grant-closed') job.resolve(result);
      else job.resolve({ outcome: 'duplicate' });
    }
  }

  /** An attempt is in a statement once: what else is wanted of it waits for the next. */
  #withoutRepeats(all: readonly Job[]): readonly Job[] {
    const seen = new Set<string>();
    const now: Job[] = [];
    const later: Job[] = [];
    for (const job of all) {
      const { attemptId } = 'ask' in job ? job.ask : job.change.was;
      (seen.has(attemptId) ? later : now).push(job);
      seen.add(attemptId);
    }
    this.#jobs.unshift(...later);
    return now;
  }

  async #readLimits(): Promise<{ readonly book: LimitBook; readonly version: number }> {
    const [row] = await this.#rows(
      `SELECT l.limits_version AS version, (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'id', x.id,
         'dimension', x.dimension, 'per', x.per, 'cap', x.cap::text, 'soft', x.soft, 'version', x.version) ORDER BY x.version), '[]')
         FROM ${this.#schema}.limits x) AS limits FROM ${this.#schema}.ledger l`,
    );
    const version = Number(row?.['version']);
    if (this.#limits?.version === version) return this.#limits;
    const limits = row?.['limits'] as readonly (Omit<StoredLimit, 'cap'> & { readonly cap: string })[];
    this.#limits = { book: new LimitBook(limits.map((limit) => ({ ...limit, cap: BigInt(limit.cap) }))), version };
    return this.#limits;
  }

  #forgetLimits(): void {
    this.#limits = undefined;
    // Limits that came or went took their accounts along.
    this.#accounts.clear();
  }

  async #sums(claims: readonly Claim[]): Promise<readonly Pick<LimitBalance, 'settled' | 'held' | 'overrun'>[]> {
    if (claims.length === 0) return [];
    const keys = claims.map(({ limit, scope, span }, n) => ({
      n,
      kind: scope.kind,
      id: scope.id,
      dimension: limit.dimension,
      per: limit.per,
      first: span.from,
      last: span.to,
    }));
    const rows = await this.#rows(
      `SELECT a.n, coalesce(sum(c.settled), 0) AS settled, coalesce(sum(c.held), 0) AS held, coalesce(sum(c.overrun), 0) AS overrun
       FROM jsonb_to_recordset($1) AS a(n integer, kind text, id text, dimension text, per text, first bigint, last bigint)
       LEFT JOIN ${this.#schema}.accounts c ON c.kind = a.kind AND c.id = a.id AND c.dimension = a.dimension AND c.per = a.per
         AND c.slice BETWEEN a.first AND a.last AND c.slice <> ${lockSlice}
       GROUP BY a.n ORDER BY a.n`,
      [JSON.stringify(keys)],
    );
    return rows.map((row) => ({
      settled: integer(row['settled']),
      held: integer(row['held']),
      overrun: integer(row['overrun']),
    }));
  }

  async #expired(nowMs: number): Promise<readonly StoredAttempt[]> {
    return this.attempts({ status: 'expired', nowMs });
  }

  async #rows(text: string, values?: unknown[]): Promise<readonly SqlRow[]> {
    this.#requireOpen();
    return (await this.#client.query(text, values)).rows as readonly SqlRow[];
  }

  #requireOpen(): void {
    if (this.#isClosed)
      throw new TollgateError('closed', `The ledger in schema "${this.#schema}" is closed. Open it with createLedger.`);
  }
}
