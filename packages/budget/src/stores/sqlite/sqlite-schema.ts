/** Marks a file as a ledger, so that nothing else is taken for one. */
export const applicationId = 0x746f6c67;

/** Raised whenever the tables below change. */
export const schemaVersion = 2;

/**
 * Amounts are whole units: nano-dollars, tokens, calls, turns, milliseconds; STRICT tables refuse anything that is not an
 * integer. A set of scopes that attempts share is one row of `scope_sets`, as JSON.
 */
export const schema = `
  CREATE TABLE ledger (ledger_id TEXT NOT NULL, limits_version INTEGER NOT NULL) STRICT;
  CREATE TABLE limits (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    dimension TEXT NOT NULL,
    per TEXT NOT NULL,
    cap INTEGER NOT NULL,
    soft INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, id, dimension, per)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE accounts (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    dimension TEXT NOT NULL,
    per TEXT NOT NULL,
    slice INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    held INTEGER NOT NULL,
    overrun INTEGER NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (kind, id, dimension, per, slice)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE scope_sets (scope_set INTEGER PRIMARY KEY, scopes TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE attempts (
    sequence INTEGER PRIMARY KEY,
    attempt_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    scope_set INTEGER NOT NULL REFERENCES scope_sets,
    paid_set INTEGER NOT NULL REFERENCES scope_sets,
    provider TEXT NOT NULL,
    model_id TEXT NOT NULL,
    label TEXT,
    price_known TEXT NOT NULL,
    hold_nano INTEGER NOT NULL,
    hold_tokens INTEGER NOT NULL,
    hold_calls INTEGER NOT NULL,
    hold_turns INTEGER NOT NULL,
    hold_ms INTEGER NOT NULL,
    status TEXT NOT NULL,
    ended_at_ms INTEGER,
    cost_nano INTEGER NOT NULL DEFAULT 0,
    cost_tokens INTEGER NOT NULL DEFAULT 0,
    cost_calls INTEGER NOT NULL DEFAULT 0,
    cost_turns INTEGER NOT NULL DEFAULT 0,
    cost_ms INTEGER NOT NULL DEFAULT 0,
    overrun_nano INTEGER NOT NULL DEFAULT 0,
    overrun_tokens INTEGER NOT NULL DEFAULT 0,
    overrun_calls INTEGER NOT NULL DEFAULT 0,
    overrun_turns INTEGER NOT NULL DEFAULT 0,
    overrun_ms INTEGER NOT NULL DEFAULT 0,
    assumption TEXT,
    usage TEXT,
    usage_known TEXT,
    candidate_ids TEXT NOT NULL DEFAULT '[]',
    reason TEXT
  ) STRICT;
  CREATE INDEX attempts_by_scopes ON attempts (scope_set);
  CREATE INDEX attempts_held ON attempts (lease_until_ms) WHERE status = 'held';
  CREATE TABLE outcomes (
    sequence INTEGER PRIMARY KEY,
    result_id TEXT,
    scope_set INTEGER NOT NULL REFERENCES scope_sets,
    passed INTEGER NOT NULL,
    source TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
`;
