/** Marks a file as a ledger, so that nothing else is taken for one. */
export const applicationId = 0x746f6c67;

/** Raised whenever the tables below change. */
export const schemaVersion = 1;

/** Amounts are whole nano-dollars; STRICT tables refuse anything that is not an integer. */
export const schema = `
  CREATE TABLE ledger (ledger_id TEXT NOT NULL, limits_version INTEGER NOT NULL) STRICT;
  CREATE TABLE limits (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    per TEXT NOT NULL,
    cap_nano INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, id, per)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE balances (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    settled_nano INTEGER NOT NULL,
    held_nano INTEGER NOT NULL,
    overrun_nano INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE attempts (
    sequence INTEGER PRIMARY KEY,
    attempt_id TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    provider TEXT NOT NULL,
    model_id TEXT NOT NULL,
    label TEXT,
    status TEXT NOT NULL,
    hold_nano INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    overrun_nano INTEGER NOT NULL,
    assumption TEXT,
    price_known TEXT NOT NULL,
    usage TEXT,
    usage_known TEXT,
    candidate_ids TEXT NOT NULL,
    reason TEXT
  ) STRICT;
  CREATE INDEX held_attempts ON attempts (lease_until_ms) WHERE status = 'held';
`;
