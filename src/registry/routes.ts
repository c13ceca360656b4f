// Stored routes and sessions, for showing: what each session says now of a prefix, of what covers it, and of what lies inside.

import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type RouteRow } from '../pipeline/store.js';
import { type Database } from './database.js';

/** One session's stored route. */
export interface ShownRoute {
  readonly prefix: Prefix;
  readonly pathId: number;
  readonly collector: string;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly path: RouteRow['path'];
  readonly at: EventTime;
  readonly fromRib: boolean;
  readonly incidents: readonly string[];
}

interface RouteColumns {
  readonly prefix: string;
  readonly path_id: number;
  readonly collector: string;
  readonly peer_as: number;
  readonly peer_address: string;
  readonly at: number;
  readonly from_rib: number;
  readonly incidents: string | null;
  readonly data: string;
}

/** Every stored route that equals, covers or lies inside `prefix`, by prefix (shortest first), then collector, peer AS, address. */
export function relatedRoutes(db: Database, prefix: Prefix): ShownRoute[] {
  const prefixes = db
    .prepare<[], { prefix: string }>('SELECT DISTINCT prefix FROM routes')
    .all()
    .map((row) => parsePrefix(row.prefix))
    .filter((one) => one.covers(prefix) || prefix.covers(one))
    .sort((a, b) => a.length - b.length || Prefix.compare(a, b));
  const read = db.prepare<[string], RouteColumns>(
    `SELECT prefix, path_id, collector, peer_as, peer_address, at, from_rib, incidents, routes.data FROM routes
     JOIN sessions ON sessions.id = routes.session_id WHERE prefix = ? ORDER BY collector, peer_as, peer_address, path_id`,
  );
  return prefixes.flatMap((one) => read.all(one.toString()).map((row) => routeOf(one, row)));
}

function routeOf(prefix: Prefix, row: RouteColumns): ShownRoute {
  const { path } = JSON.parse(row.data) as Pick<RouteRow, 'path'>;
  return {
    prefix,
    pathId: row.path_id,
    collector: row.collector,
    peerAs: row.peer_as,
    peerAddress: row.peer_address,
    path,
    at: row.at,
    fromRib: row.from_rib === 1,
    incidents: row.incidents === null ? [] : (JSON.parse(row.incidents) as string[]),
  };
}

/** How many sessions a collector has, and its newest record. */
export interface CollectorHealth {
  readonly collector: string;
  readonly up: number;
  readonly down: number;
  readonly lastRecordAt: EventTime | null;
  readonly files: number;
  readonly incomplete: number;
  readonly damaged: number;
}

/** Every collector that was ever read from. A file is stored by its name and by its content, and counts once. */
export function collectorHealth(db: Database): CollectorHealth[] {
  return db
    .prepare<[], CollectorHealth>(
      `WITH s AS (SELECT collector, SUM(up) AS up, SUM(1 - up) AS down FROM sessions GROUP BY collector),
            i AS (SELECT *, name || ' ' || COALESCE(first_time, '') AS file FROM files),
            f AS (SELECT collector, COUNT(DISTINCT file) AS files, MAX(last_time) AS lastRecordAt,
                         COUNT(DISTINCT CASE complete WHEN 0 THEN file END) AS incomplete,
                         COUNT(DISTINCT CASE WHEN damage IS NOT NULL THEN file END) AS damaged FROM i GROUP BY collector)
       SELECT f.collector, COALESCE(up, 0) AS up, COALESCE(down, 0) AS down, lastRecordAt, files, incomplete, damaged
       FROM f LEFT JOIN s ON s.collector = f.collector ORDER BY f.collector`,
    )
    .all();
}

/** The condition of every registered prefix that was ever heard of. */
export function prefixConditions(db: Database): Map<string, string> {
  const rows = db.prepare<[], { prefix: string; state: string }>('SELECT prefix, state FROM prefix_states').all();
  return new Map(rows.map(({ prefix, state }) => [prefix, state]));
}
