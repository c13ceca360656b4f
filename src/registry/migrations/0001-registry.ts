// Migration 1, first half: the registry. Lists of AS numbers, metros and the parts of a prefix's policy are JSON, since they are
// read and written whole; names and prefixes are columns, since uniqueness and telemetry hang on them. Times are integer
// microseconds.
//
// - registry_state: one row; `generation` grows with every change, so that a running daemon sees it. - providers, connections,
// prefixes: row ids are never used again. - registration_periods: what was registered when, kept after removal, for bills.

export const REGISTRY_SCHEMA = `
CREATE TABLE registry_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  allow_documentation INTEGER NOT NULL CHECK (allow_documentation IN (0, 1))
) STRICT;
INSERT INTO registry_state (id, generation, allow_documentation) VALUES (1, 0, 0);

CREATE TABLE providers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  asns TEXT NOT NULL CHECK (json_valid(asns)),
  metros TEXT NOT NULL CHECK (json_valid(metros)),
  registered_at INTEGER NOT NULL
) STRICT;

CREATE TABLE connections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  provider_id INTEGER NOT NULL REFERENCES providers (id),
  country TEXT,
  state TEXT,
  primary_metro TEXT,
  backup_metro TEXT,
  asns TEXT NOT NULL CHECK (json_valid(asns)),
  registered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX connections_by_provider ON connections (provider_id);

CREATE TABLE prefixes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  connection_id INTEGER NOT NULL REFERENCES connections (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  policy TEXT NOT NULL CHECK (json_valid(policy)),
  registered_at INTEGER NOT NULL,
  UNIQUE (connection_id, name),
  UNIQUE (connection_id, prefix)
) STRICT;

CREATE TABLE registration_periods (
  connection TEXT NOT NULL,
  prefix TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  removed_at INTEGER CHECK (removed_at >= registered_at)
) STRICT;
CREATE INDEX registration_periods_open ON registration_periods (connection, prefix) WHERE removed_at IS NULL;
`;
