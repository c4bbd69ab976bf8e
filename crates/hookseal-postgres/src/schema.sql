CREATE TABLE IF NOT EXISTS hookseal_entries (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    owner bytea NOT NULL CHECK (octet_length(owner) = 16),
    completed boolean NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS hookseal_entries_ends_at ON hookseal_entries (ends_at);
CREATE TABLE IF NOT EXISTS hookseal_ledger (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS hookseal_ledger_recorded_at ON hookseal_ledger (recorded_at);
