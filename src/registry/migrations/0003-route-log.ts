// Migration: the log of route changes. Append-only but at its front, where retention deletes; ids ascend in the order in which changes
// were applied. Each row holds what stood there before it (columns `before_*`, null = nothing).
//
// - route_log_texts: paths with their attributes as JSON, and names of files, each once; `era` is that of the last row that needed it, an
//   era being 65 536 rows. - route_log_prefixes: the prefixes that have rows. - route_log_bootstraps: see pipeline/route-log.

export const ROUTE_LOG_SCHEMA = `
CREATE TABLE route_log (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  prefix_id INTEGER NOT NULL,
  path_id INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  before_id INTEGER,
  before_at INTEGER,
  before_from_rib INTEGER,
  before_file_id INTEGER,
  before_record INTEGER,
  before_offset INTEGER
) STRICT;
CREATE INDEX route_log_by_prefix ON route_log (prefix_id);

CREATE TABLE route_log_texts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE,
  era INTEGER NOT NULL
) STRICT;

CREATE TABLE route_log_prefixes (
  id INTEGER PRIMARY KEY,
  prefix TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE route_log_bootstraps (
  session_id INTEGER PRIMARY KEY,
  dump TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
`;
