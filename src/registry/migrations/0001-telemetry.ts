// Migration 1, second half: what the pipeline stores. Times are event time in integer microseconds. Columns named `data` hold the
// pipeline's own plain data as JSON; the columns beside it are what people and indexes ask for.
//
// - files: every input read, by identity, and how far it was applied. - sessions, routes: the tables of registered prefixes.
//   withdrawn_routes: what left lately, so that a RIB dump begun before does not bring it back.
// - incidents with evidence (raw records as bytes, shared); their carriers are named by `routes.incidents`. - events: the timeline.
// - outbox: notifications, written in the same transaction as what they tell of. - link_history: for forged paths.

export const TELEMETRY_SCHEMA = `
CREATE TABLE engine_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  collector TEXT NOT NULL,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  first_time INTEGER,
  last_time INTEGER,
  records INTEGER NOT NULL DEFAULT 0,
  offset INTEGER NOT NULL DEFAULT 0,
  frontier TEXT,
  complete INTEGER NOT NULL DEFAULT 0,
  stored_bytes INTEGER,
  damage TEXT,
  UNIQUE (collector, identity)
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  collector TEXT NOT NULL,
  peer_address TEXT NOT NULL,
  peer_as INTEGER NOT NULL,
  up INTEGER NOT NULL,
  last_record_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (collector, peer_address, peer_as)
) STRICT;

CREATE TABLE routes (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  prefix TEXT NOT NULL,
  path_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_rib INTEGER NOT NULL,
  as_path TEXT NOT NULL,
  incidents TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (session_id, prefix, path_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX routes_by_prefix ON routes (prefix);

CREATE TABLE withdrawn_routes (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  prefix TEXT NOT NULL,
  path_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (session_id, prefix, path_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE prefix_states (
  prefix TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE baseline_covers (
  prefix TEXT NOT NULL,
  origin INTEGER NOT NULL,
  PRIMARY KEY (prefix, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  level TEXT NOT NULL,
  state TEXT NOT NULL,
  connection TEXT NOT NULL,
  registered_prefix TEXT NOT NULL,
  prefix TEXT NOT NULL,
  offender TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  resolved_at INTEGER,
  active INTEGER NOT NULL,
  ack INTEGER NOT NULL DEFAULT 0,
  muted INTEGER NOT NULL DEFAULT 0,
  note TEXT,
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_by_time ON incidents (opened_at, id);
CREATE INDEX incidents_active ON incidents (active) WHERE active = 1;

CREATE TABLE raw_records (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE evidence (
  incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  raw_record_id INTEGER REFERENCES raw_records (id),
  peer_index_record_id INTEGER REFERENCES raw_records (id),
  PRIMARY KEY (incident_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  level TEXT NOT NULL,
  connection TEXT NOT NULL,
  registered_prefix TEXT NOT NULL,
  prefix TEXT NOT NULL,
  summary TEXT NOT NULL,
  description TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events (at, registered_prefix, type, prefix);

CREATE TABLE operator_requests (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  incident_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_pending ON outbox (id) WHERE delivered = 0;

CREATE TABLE link_history (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
`;
