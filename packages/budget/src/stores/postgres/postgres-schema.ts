/** Raised whenever the tables or functions below change. */
export const schemaVersion = 1;

/** Marks the row of a rolling window that its writers lock; no slice is ever named so. */
export const lockSlice = -9_007_199_254_740_991;

/**
 * Tables and functions, in a schema of their own. Amounts are whole units: nano-dollars, tokens, calls, turns, milliseconds.
 *
 * `step` is the one that holds and charges: in one statement, and so in one transaction, for many attempts at once. It
 * locks accounts in one order, so that writers wait for one another and never crosswise, and gives null where the caller's
 * limits are old. Limits change under a lock that no step shares.
 *
 * It looks rows up one by one: a join would be planned once in a session, for a table as short as it was then, and would
 * read all of it ever after.
 */
export function schemaSql(schema: string): string {
  return `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.ledger (
  ledger_id text NOT NULL DEFAULT gen_random_uuid()::text,
  schema_version integer NOT NULL,
  limits_version bigint NOT NULL DEFAULT 0,
  one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
CREATE TABLE IF NOT EXISTS ${schema}.limits (
  kind text NOT NULL, id text NOT NULL, dimension text NOT NULL, per text NOT NULL,
  cap bigint NOT NULL, soft boolean NOT NULL, version bigint NOT NULL,
  PRIMARY KEY (kind, id, dimension, per)
);
CREATE TABLE IF NOT EXISTS ${schema}.accounts (
  kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, dimension text COLLATE "C" NOT NULL,
  per text COLLATE "C" NOT NULL, slice bigint NOT NULL,
  settled bigint NOT NULL DEFAULT 0, held bigint NOT NULL DEFAULT 0, overrun bigint NOT NULL DEFAULT 0,
  told boolean NOT NULL DEFAULT false,
  PRIMARY KEY (kind, id, dimension, per, slice)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS ${schema}.scope_sets (
  scope_set bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scopes jsonb NOT NULL,
  name text NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS ${schema}.attempts (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  attempt_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  at_ms bigint NOT NULL,
  lease_until_ms bigint NOT NULL,
  ended_at_ms bigint,
  scope_set bigint NOT NULL REFERENCES ${schema}.scope_sets,
  paid_set bigint NOT NULL REFERENCES ${schema}.scope_sets,
  provider text NOT NULL,
  model_id text NOT NULL,
  label text,
  price_known text NOT NULL,
  status text NOT NULL,
  hold_nano bigint NOT NULL, hold_tokens bigint NOT NULL, hold_calls bigint NOT NULL, hold_turns bigint NOT NULL, hold_ms bigint NOT NULL,
  cost_nano bigint NOT NULL DEFAULT 0, cost_tokens bigint NOT NULL DEFAULT 0, cost_calls bigint NOT NULL DEFAULT 0,
  cost_turns bigint NOT NULL DEFAULT 0, cost_ms bigint NOT NULL DEFAULT 0,
  overrun_nano bigint NOT NULL DEFAULT 0, overrun_tokens bigint NOT NULL DEFAULT 0, overrun_calls bigint NOT NULL DEFAULT 0,
  overrun_turns bigint NOT NULL DEFAULT 0, overrun_ms bigint NOT NULL DEFAULT 0,
  assumption text,
  usage jsonb,
  usage_known text,
  candidate_ids jsonb NOT NULL DEFAULT '[]',
  reason text
) WITH (fillfactor = 70);
CREATE INDEX IF NOT EXISTS attempts_by_scopes ON ${schema}.attempts (scope_set);
CREATE INDEX IF NOT EXISTS attempts_held ON ${schema}.attempts (lease_until_ms) WHERE status = 'held';
CREATE TABLE IF NOT EXISTS ${schema}.outcomes (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  result_id text, scope_set bigint NOT NULL REFERENCES ${schema}.scope_sets,
  passed boolean NOT NULL, source text NOT NULL, at_ms bigint NOT NULL
);
INSERT INTO ${schema}.ledger (schema_version) VALUES (${schemaVersion}) ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION ${schema}.step(p_version bigint, p_accounts jsonb, p_changes jsonb, p_deltas jsonb, p_asks jsonb, p_flush boolean)
RETURNS jsonb LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
  account_settled bigint[];
  account_held bigint[];
  added bigint[];
  changed text[] := '{}';
  results jsonb[] := '{}';
  account record;
  change record;
  ask record;
  granted bigint[];
  fits boolean;
  free bigint;
  closed text;
  admitted integer[] := '{}';
  granted_nano bigint[] := '{}'; granted_tokens bigint[] := '{}'; granted_calls bigint[] := '{}';
  granted_turns bigint[] := '{}'; granted_ms bigint[] := '{}';
BEGIN
  IF NOT p_flush THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('${schema}'), 1);
  IF (SELECT limits_version FROM ${schema}.ledger) <> p_version THEN RETURN NULL; END IF;

  IF jsonb_array_length(p_accounts) > 0 THEN
    INSERT INTO ${schema}.accounts (kind, id, dimension, per, slice)
    SELECT DISTINCT kind, id, dimension, per, unnest(ARRAY[slice, lock]) AS slice
      FROM jsonb_to_recordset(p_accounts) AS a(kind text, id text, dimension text, per text, slice bigint, lock bigint, is_new boolean)
      WHERE is_new
      ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT DO NOTHING;
    FOR account IN
      SELECT DISTINCT kind COLLATE "C" AS kind, id COLLATE "C" AS id, dimension COLLATE "C" AS dimension, per COLLATE "C" AS per, lock
        FROM jsonb_to_recordset(p_accounts) AS a(kind text, id text, dimension text, per text, lock bigint)
        ORDER BY 1, 2, 3, 4, 5
    LOOP
      PERFORM 1 FROM ${schema}.accounts c
        WHERE c.kind = account.kind AND c.id = account.id AND c.dimension = account.dimension AND c.per = account.per
          AND c.slice = account.lock
        FOR UPDATE;
    END LOOP;
  END IF;

  IF jsonb_array_length(p_changes) > 0 THEN
    FOR change IN
      SELECT * FROM jsonb_to_recordset(p_changes) AS c(attempt_id text, was text, was_hold bigint[], was_cost bigint[],
        status text, ended_at_ms bigint, price_known text, assumption text, usage jsonb, usage_known text, candidate_ids jsonb,
        reason text, hold bigint[], cost bigint[], overrun bigint[])
    LOOP
      UPDATE ${schema}.attempts t SET
        status = change.status, ended_at_ms = change.ended_at_ms, price_known = change.price_known,
        assumption = change.assumption, usage = change.usage, usage_known = change.usage_known,
        candidate_ids = change.candidate_ids, reason = change.reason,
        hold_nano = change.hold[1], hold_tokens = change.hold[2], hold_calls = change.hold[3],
        hold_turns = change.hold[4], hold_ms = change.hold[5],
        cost_nano = change.cost[1], cost_tokens = change.cost[2], cost_calls = change.cost[3],
        cost_turns = change.cost[4], cost_ms = change.cost[5],
        overrun_nano = change.overrun[1], overrun_tokens = change.overrun[2], overrun_calls = change.overrun[3],
        overrun_turns = change.overrun[4], overrun_ms = change.overrun[5]
      WHERE t.attempt_id = change.attempt_id AND t.status = change.was
        AND ARRAY[t.hold_nano, t.hold_tokens, t.hold_calls, t.hold_turns, t.hold_ms] = change.was_hold
        AND ARRAY[t.cost_nano, t.cost_tokens, t.cost_calls, t.cost_turns, t.cost_ms] = change.was_cost;
      IF FOUND THEN changed := array_append(changed, change.attempt_id); END IF;
    END LOOP;
    FOR account IN
      SELECT a.kind, a.id, a.dimension, a.per, a.slice,
          sum(d.settled)::bigint AS settled, sum(d.held)::bigint AS held, sum(d.overrun)::bigint AS overrun
        FROM jsonb_to_recordset(p_deltas) AS d(attempt_id text, account integer, settled bigint, held bigint, overrun bigint)
        JOIN jsonb_to_recordset(p_accounts) AS a(n integer, kind text, id text, dimension text, per text, slice bigint) ON a.n = d.account
        WHERE d.attempt_id = ANY (changed)
        GROUP BY 1, 2, 3, 4, 5
    LOOP
      UPDATE ${schema}.accounts c SET
        settled = c.settled + account.settled, held = c.held + account.held, overrun = c.overrun + account.overrun
        WHERE c.kind = account.kind AND c.id = account.id AND c.dimension = account.dimension AND c.per = account.per
          AND c.slice = account.slice;
    END LOOP;
  END IF;

  IF jsonb_array_length(p_asks) > 0 THEN
    SELECT array_agg(s.settled ORDER BY a.n), array_agg(s.held ORDER BY a.n), array_agg(0::bigint)
      INTO account_settled, account_held, added
      FROM jsonb_to_recordset(p_accounts) AS a(n integer, kind text, id text, dimension text, per text, first bigint, last bigint)
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.settled), 0)::bigint AS settled, coalesce(sum(c.held), 0)::bigint AS held
          FROM ${schema}.accounts c
          WHERE c.kind = a.kind AND c.id = a.id AND c.dimension = a.dimension AND c.per = a.per
            AND c.slice BETWEEN a.first AND a.last
      ) s;
    FOR ask IN
      SELECT * FROM jsonb_to_recordset(p_asks) AS a(n integer, attempt_id text, want bigint[], min bigint[],
        accounts integer[], dimensions integer[], caps bigint[], soft boolean[], grants text[]) ORDER BY n
    LOOP
      IF EXISTS (SELECT 1 FROM ${schema}.attempts t WHERE t.attempt_id = ask.attempt_id) THEN
        results := array_append(results, '{"outcome": "duplicate"}'::jsonb);
        CONTINUE;
      END IF;
      IF cardinality(ask.grants) > 0 THEN
        SELECT g INTO closed FROM unnest(ask.grants) AS g
          WHERE NOT EXISTS (SELECT 1 FROM ${schema}.attempts t WHERE t.attempt_id = 'grant:' || g AND t.status = 'held') LIMIT 1;
        IF FOUND THEN
          results := array_append(results, jsonb_build_object('outcome', 'grant-closed', 'grantId', closed));
          CONTINUE;
        END IF;
      END IF;
      granted := ask.want;
      fits := true;
      FOR i IN 1 .. coalesce(array_length(ask.accounts, 1), 0) LOOP
        CONTINUE WHEN ask.soft[i];
        free := ask.caps[i] - account_settled[ask.accounts[i]] - account_held[ask.accounts[i]];
        CONTINUE WHEN free >= granted[ask.dimensions[i]];
        granted[ask.dimensions[i]] := free;
        IF free < ask.min[ask.dimensions[i]] THEN fits := false; END IF;
      END LOOP;
      IF NOT fits THEN
        results := array_append(results, jsonb_build_object('outcome', 'refused', 'balances', (
          SELECT jsonb_agg(jsonb_build_array(account_settled[n]::text, account_held[n]::text) ORDER BY o)
            FROM unnest(ask.accounts) WITH ORDINALITY AS u(n, o))));
        CONTINUE;
      END IF;
      FOR i IN 1 .. coalesce(array_length(ask.accounts, 1), 0) LOOP
        account_held[ask.accounts[i]] := account_held[ask.accounts[i]] + granted[ask.dimensions[i]];
        added[ask.accounts[i]] := added[ask.accounts[i]] + granted[ask.dimensions[i]];
      END LOOP;
      admitted := array_append(admitted, ask.n);
      granted_nano := array_append(granted_nano, granted[1]);
      granted_tokens := array_append(granted_tokens, granted[2]);
      granted_calls := array_append(granted_calls, granted[3]);
      granted_turns := array_append(granted_turns, granted[4]);
      granted_ms := array_append(granted_ms, granted[5]);
      results := array_append(results, jsonb_build_object('outcome', 'held', 'hold', (
        SELECT jsonb_agg(g::text ORDER BY o) FROM unnest(granted) WITH ORDINALITY AS u(g, o))));
    END LOOP;
    INSERT INTO ${schema}.attempts (attempt_id, kind, at_ms, lease_until_ms, scope_set, paid_set, provider, model_id, label,
        price_known, status, hold_nano, hold_tokens, hold_calls, hold_turns, hold_ms)
      SELECT a.attempt_id, a.kind, a.at_ms, a.lease_until_ms, a.scope_set, a.paid_set, a.provider, a.model_id, a.label,
          a.price_known, 'held', g.nano, g.tokens, g.calls, g.turns, g.ms
        FROM unnest(admitted, granted_nano, granted_tokens, granted_calls, granted_turns, granted_ms)
          AS g(n, nano, tokens, calls, turns, ms)
        JOIN jsonb_to_recordset(p_asks) AS a(n integer, attempt_id text, kind text, at_ms bigint, lease_until_ms bigint,
          scope_set bigint, paid_set bigint, provider text, model_id text, label text, price_known text) ON a.n = g.n
        ORDER BY a.n;
    FOR account IN
      SELECT a.kind, a.id, a.dimension, a.per, a.slice, sum(added[a.n])::bigint AS held
        FROM jsonb_to_recordset(p_accounts) AS a(n integer, kind text, id text, dimension text, per text, slice bigint)
        WHERE added[a.n] <> 0
        GROUP BY 1, 2, 3, 4, 5
    LOOP
      UPDATE ${schema}.accounts c SET held = c.held + account.held
        WHERE c.kind = account.kind AND c.id = account.id AND c.dimension = account.dimension AND c.per = account.per
          AND c.slice = account.slice;
    END LOOP;
  END IF;
  RETURN jsonb_build_object('changed', to_jsonb(changed), 'results', to_jsonb(results));
END $function$;

CREATE OR REPLACE FUNCTION ${schema}.set_limit(p_limit jsonb, p_slice_ms bigint, p_starts bigint[])
RETURNS bigint LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
  l record;
  counted boolean;
  next_version bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('${schema}'), 1);
  SELECT * INTO l FROM jsonb_to_record(p_limit) AS x(kind text, id text, dimension text, per text, cap bigint, soft boolean);
  SELECT EXISTS (SELECT 1 FROM ${schema}.limits o WHERE o.kind = l.kind AND o.dimension = l.dimension AND o.per = l.per
    AND (o.id = l.id OR o.id = 'each')) INTO counted;
  UPDATE ${schema}.ledger SET limits_version = limits_version + 1 RETURNING limits_version INTO next_version;
  INSERT INTO ${schema}.limits VALUES (l.kind, l.id, l.dimension, l.per, l.cap, l.soft, next_version)
    ON CONFLICT (kind, id, dimension, per) DO UPDATE SET cap = excluded.cap, soft = excluded.soft, version = excluded.version;
  UPDATE ${schema}.accounts c SET told = false WHERE c.told AND c.kind = l.kind AND c.dimension = l.dimension
    AND c.per = l.per AND (l.id = 'each' OR c.id = l.id);
  IF counted THEN RETURN next_version; END IF;
  DELETE FROM ${schema}.accounts c WHERE c.kind = l.kind AND c.dimension = l.dimension AND c.per = l.per
    AND (l.id = 'each' OR c.id = l.id);
  INSERT INTO ${schema}.accounts (kind, id, dimension, per, slice, settled, held, overrun)
    SELECT l.kind, x.id, l.dimension, l.per, x.slice, sum(x.cost), sum(CASE WHEN x.status = 'held' THEN x.hold ELSE 0 END), sum(x.overrun)
      FROM (
        SELECT s.id, t.status,
            CASE l.dimension WHEN 'usd' THEN t.cost_nano WHEN 'tokens' THEN t.cost_tokens WHEN 'calls' THEN t.cost_calls
              WHEN 'turns' THEN t.cost_turns ELSE t.cost_ms END AS cost,
            CASE l.dimension WHEN 'usd' THEN t.hold_nano WHEN 'tokens' THEN t.hold_tokens WHEN 'calls' THEN t.hold_calls
              WHEN 'turns' THEN t.hold_turns ELSE t.hold_ms END AS hold,
            CASE l.dimension WHEN 'usd' THEN t.overrun_nano WHEN 'tokens' THEN t.overrun_tokens WHEN 'calls' THEN t.overrun_calls
              WHEN 'turns' THEN t.overrun_turns ELSE t.overrun_ms END AS overrun,
            CASE WHEN l.per = 'total' THEN 0
              WHEN p_slice_ms IS NOT NULL THEN floor(t.at_ms::numeric / p_slice_ms)::bigint * p_slice_ms
              ELSE p_starts[width_bucket(t.at_ms, p_starts)] END AS slice
          FROM ${schema}.attempts t
          JOIN ${schema}.scope_sets ss ON ss.scope_set = t.scope_set
          JOIN ${schema}.scope_sets paid ON paid.scope_set = t.paid_set
          CROSS JOIN LATERAL jsonb_to_recordset(ss.scopes) AS s(kind text, id text)
          WHERE s.kind = l.kind AND (l.id = 'each' OR s.id = l.id)
            AND (l.dimension <> 'usd' OR NOT paid.scopes @> jsonb_build_array(jsonb_build_object('kind', s.kind, 'id', s.id)))
      ) x
      WHERE x.slice IS NOT NULL
      GROUP BY x.id, x.slice;
  RETURN next_version;
END $function$;

CREATE OR REPLACE FUNCTION ${schema}.remove_limit(p_limit jsonb)
RETURNS boolean LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
  l record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('${schema}'), 1);
  SELECT * INTO l FROM jsonb_to_record(p_limit) AS x(kind text, id text, dimension text, per text);
  DELETE FROM ${schema}.limits o WHERE o.kind = l.kind AND o.id = l.id AND o.dimension = l.dimension AND o.per = l.per;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE ${schema}.ledger SET limits_version = limits_version + 1;
  DELETE FROM ${schema}.accounts c WHERE c.kind = l.kind AND c.dimension = l.dimension AND c.per = l.per
    AND (l.id = 'each' OR c.id = l.id)
    AND NOT EXISTS (SELECT 1 FROM ${schema}.limits o WHERE o.kind = c.kind AND o.dimension = c.dimension AND o.per = c.per
      AND (o.id = c.id OR o.id = 'each'));
  RETURN true;
END $function$;
`;
}
