// Migration 2: what monitors keep between runs, by monitor and a key of its own; `data` is the monitor's plain data as JSON.
// A session's `tables` (rib/session.ts) are those of the next RIB dump.

export const MONITORS_SCHEMA = `
CREATE TABLE monitor_rows (
  monitor TEXT NOT NULL,
  key TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (monitor, key)
) STRICT, WITHOUT ROWID;
UPDATE sessions SET data = json_set(data, '$.tables', json('[]'));
`;
