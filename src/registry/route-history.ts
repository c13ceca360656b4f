// The stored routes as they are, or as they were at a time that the log of route changes reaches back to: the table of now, and for every
// key that has changed since what its first change replaced.

import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type RouteChange } from '../pipeline/route-log.js';
import { type RouteRow } from '../pipeline/store.js';
import { type Database } from './database.js';
import { routeOf, type RouteColumns } from './pipeline-store.js';
import { CAUSE_NUMBERS } from './route-log.js';

/** A change, and the route that it replaced. */
export interface LoggedChange {
  /** Ascends in the order in which changes were applied. */
  readonly id: number;
  readonly at: EventTime;
  readonly session: number;
  readonly prefix: string;
  readonly pathId: number;
  readonly cause: RouteChange['cause'];
  readonly before: RouteRow | null;
}

interface ChangeColumns {
  readonly id: number;
  readonly at: number;
  readonly session_id: number;
  readonly prefix: string;
  readonly path_id: number;
  readonly cause: number;
  readonly state: string | null;
  readonly before_at: number;
  readonly before_from_rib: number;
  readonly file: string;
  readonly before_record: number;
  readonly before_offset: number;
}

const CAUSES = new Map(Object.entries(CAUSE_NUMBERS).map(([cause, number]) => [number, cause as RouteChange['cause']]));

const CHANGES = `SELECT log.id, log.at, session_id, prefix, path_id, cause, states.text AS state, before_at, before_from_rib,
    files.text AS file, before_record, before_offset
  FROM route_log AS log JOIN route_log_prefixes ON route_log_prefixes.id = prefix_id
  LEFT JOIN route_log_texts AS states ON states.id = before_id LEFT JOIN route_log_texts AS files ON files.id = before_file_id`;

/** Every prefix that has routes, or had some in the time of the log, for which `isWanted` holds. */
export function knownPrefixes(db: Database, isWanted: (prefix: Prefix) => boolean): readonly Prefix[] {
  return db
    .prepare<[], { prefix: string }>('SELECT DISTINCT prefix FROM routes UNION SELECT prefix FROM route_log_prefixes')
    .all()
    .map(({ prefix }) => parsePrefix(prefix))
    .filter(isWanted);
}

/** The routes of all sessions to this very prefix: those of now, or (`at` not null, and in the time of the log) those of then. */
export function routesTo(db: Database, prefix: Prefix, at: EventTime | null): readonly RouteRow[] {
  const text = prefix.toString();
  const now = db
    .prepare<[string], RouteColumns>('SELECT * FROM routes WHERE prefix = ? ORDER BY session_id, path_id')
    .all(text)
    .map(routeOf);
  if (at === null) return now;
  const begun = bootstraps(db);
  const isLater = (session: number): boolean => (begun.get(session) ?? -Infinity) > at;
  const then = new Map<string, RouteRow | null>();
  for (const change of changesAfter(db, prefix, at)) {
    const key = `${change.session} ${change.pathId}`;
    if (then.has(key)) continue;
    // Of what a session's first dump brought, no row tells that it was not there before.
    const isOfDump = isLater(change.session) && change.at >= begun.get(change.session)! && change.cause !== 'bootstrap';
    then.set(key, isOfDump ? null : change.before);
  }
  for (const route of now) {
    const key = `${route.session} ${route.pathId}`;
    if (!then.has(key)) then.set(key, isLater(route.session) ? null : route);
  }
  return [...then.values()]
    .filter((route) => route !== null)
    .sort((a, b) => a.session - b.session || a.pathId - b.pathId);
}

/** The changes of one prefix later than `at`, in the order in which they were applied. */
export function changesAfter(db: Database, prefix: Prefix, at: EventTime): readonly LoggedChange[] {
  return db
    .prepare<[string, number], ChangeColumns>(`${CHANGES} WHERE prefix = ? AND log.at > ? ORDER BY log.id`)
    .all(prefix.toString(), at)
    .map(changeOf);
}

/** When the first RIB dump of each session filled its table, by session. */
export function bootstraps(db: Database): ReadonlyMap<number, EventTime> {
  const rows = db
    .prepare<[], { id: number; at: number }>('SELECT session_id AS id, at FROM route_log_bootstraps')
    .all();
  return new Map(rows.map(({ id, at }) => [id, at]));
}

function changeOf(row: ChangeColumns): LoggedChange {
  const { id, at, session_id: session, prefix, path_id: pathId, cause, state } = row;
  const change = { id, at, session, prefix, pathId, cause: CAUSES.get(cause)! };
  if (state === null) return { ...change, before: null };
  const before: RouteRow = {
    session,
    prefix,
    pathId,
    ...(JSON.parse(state) as Pick<RouteRow, 'path' | 'internalAs' | 'attributes' | 'malformed'>),
    at: row.before_at,
    fromRib: row.before_from_rib === 1,
    dump: null,
    file: row.file,
    record: row.before_record,
    offset: row.before_offset,
    incidents: [],
  };
  return { ...change, before };
}
