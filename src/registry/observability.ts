// Which sessions have or had a route to a prefix, as the pipeline stored it: what `status` counts full feeds from.

import { type VisibilityRow } from '../pipeline/visibility-row.js';
import { type Session } from '../rib/session.js';
import { type Database } from './database.js';

export function storedSessions(db: Database): readonly Session[] {
  const rows = db.prepare<[], { data: string }>('SELECT data FROM sessions ORDER BY id').all();
  return rows.map(({ data }) => JSON.parse(data) as Session);
}

/** Asks for one prefix after the other. @returns the numbers of the sessions. */
export function sessionsThatHad(db: Database): (prefix: string) => ReadonlySet<number> {
  const holders = db.prepare<[string], { id: number }>(
    `SELECT DISTINCT session_id AS id FROM routes WHERE prefix = ? AND json_extract(data, '$.malformed') = 0`,
  );
  const lost = db.prepare<[string], { data: string }>(
    `SELECT data FROM monitor_rows WHERE monitor = 'visibility' AND key = ?`,
  );
  return (prefix) => {
    const losers = lost.all(prefix).flatMap(({ data }) => (JSON.parse(data) as VisibilityRow).lost);
    return new Set([...holders.all(prefix).map(({ id }) => id), ...losers.map(({ session }) => session)]);
  };
}
