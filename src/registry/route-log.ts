// The log of route changes in the database: begun or ended when the database is opened for writing, written in the transaction of the
// batch, deleted from its front. What may be read from it is in route-history.

import { type EventTime } from '../ip/event-time.js';
import {
  type ReplacedRoute,
  type RouteChange,
  type RouteLogBatch,
  type SessionBootstrap,
} from '../pipeline/route-log.js';
import { type Database } from './database.js';

/** The numbers of causes in the table: never reused. */
export const CAUSE_NUMBERS: Readonly<Record<RouteChange['cause'], number>> = {
  announce: 1,
  withdraw: 2,
  'session-loss': 3,
  rib: 4,
  bootstrap: 5,
  unregistered: 6,
};

/** Rows between two looks at whether a text is still needed. */
const ERA = 65_536;

/** Texts remembered with their rows; beyond that the oldest are asked for again. */
const MOST_TEXTS = 50_000;

const BATCH = 1000;

const SINCE = 'routeLogSince';

/**
 * Begins the log, or goes on with it; where it is not kept, deletes it: a log with a hole would tell tables that never were.
 *
 * @returns the bootstraps in it, to be given to the pipeline; null where it is not kept.
 */
export function openRouteLog(db: Database, isKept: boolean): readonly SessionBootstrap[] | null {
  return db
    .transaction(() => {
      const since = routeLogSince(db);
      if (!isKept) {
        if (since !== null) clear(db);
        return null;
      }
      if (since === null) begin(db);
      return db.prepare<[], SessionBootstrap>('SELECT session_id AS session, dump, at FROM route_log_bootstraps').all();
    })
    .immediate();
}

/** Since when the log tells all: tables of earlier times cannot be told. Null = there is none. */
export function routeLogSince(db: Database): EventTime | null {
  return stateOf(db, SINCE);
}

/** From the watermark on; the sessions of before need no bootstrap: their tables are there. */
function begin(db: Database): void {
  const since = stateOf(db, 'watermark') ?? 0;
  setSince(db, since);
  db.prepare(`INSERT INTO route_log_bootstraps SELECT id, '', ? FROM sessions`).run(since);
}

function clear(db: Database): void {
  for (const table of ['route_log', 'route_log_texts', 'route_log_prefixes', 'route_log_bootstraps'])
    db.exec(`DELETE FROM ${table}`);
  db.prepare('DELETE FROM engine_state WHERE key = ?').run(SINCE);
}

function stateOf(db: Database, key: string): number | null {
  const value = db.prepare('SELECT value FROM engine_state WHERE key = ?').pluck().get(key);
  return typeof value === 'string' ? (JSON.parse(value) as number | null) : null;
}

function setSince(db: Database, since: EventTime): void {
  db.prepare('INSERT OR REPLACE INTO engine_state VALUES (?, ?)').run(SINCE, JSON.stringify(since));
}

/** Writes what batches add; its caller holds the transaction. */
export class RouteLogWriter {
  readonly #statements;
  readonly #texts = new Map<string, { readonly id: number; readonly era: number }>();
  readonly #prefixes = new Map<string, number>();
  #era: number;
  /** Of the last route written: an attribute pool keeps paths once, so one object often comes again. */
  #last: { readonly route: ReplacedRoute; readonly text: string } | null = null;

  constructor(db: Database) {
    this.#statements = {
      row: db.prepare('INSERT INTO route_log VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
      text: db
        .prepare<[string, number], number>(
          'INSERT INTO route_log_texts VALUES (NULL, ?, ?) ON CONFLICT (text) DO UPDATE SET era = excluded.era RETURNING id',
        )
        .pluck(),
      prefix: db
        .prepare<[string], number>(
          'INSERT INTO route_log_prefixes VALUES (NULL, ?) ON CONFLICT (prefix) DO UPDATE SET prefix = excluded.prefix RETURNING id',
        )
        .pluck(),
      bootstrap: db.prepare('INSERT OR IGNORE INTO route_log_bootstraps VALUES (?, ?, ?)'),
    };
    this.#era = eraOf(Number(db.prepare('SELECT coalesce(max(id), 0) FROM route_log').pluck().get()));
  }

  write({ changes, bootstraps }: RouteLogBatch): void {
    for (const { session, dump, at } of bootstraps) this.#statements.bootstrap.run(session, dump, at);
    // Retention may have deleted a prefix since the last batch.
    if (changes.length > 0) this.#prefixes.clear();
    for (const change of changes) this.#write(change);
  }

  #write({ session, prefix, pathId, at, cause, before }: RouteChange): void {
    const key = [at, session, this.#prefix(prefix), pathId, CAUSE_NUMBERS[cause]] as const;
    const { lastInsertRowid } =
      before === null
        ? this.#statements.row.run(...key, null, null, null, null, null, null)
        : this.#statements.row.run(
            ...key,
            this.#text(this.#stateText(before)),
            before.at,
            before.fromRib ? 1 : 0,
            this.#text(before.file),
            before.record,
            before.offset,
          );
    this.#era = eraOf(Number(lastInsertRowid));
  }

  #prefix(prefix: string): number {
    const known = this.#prefixes.get(prefix);
    if (known !== undefined) return known;
    const id = this.#statements.prefix.get(prefix)!;
    this.#prefixes.set(prefix, id);
    return id;
  }

  #stateText(route: ReplacedRoute): string {
    const { path, internalAs, attributes, malformed } = route;
    const last = this.#last?.route;
    const isLast = last?.path === path && last.attributes === attributes && last.internalAs === internalAs;
    if (isLast && last.malformed === malformed) return this.#last!.text;
    const text = JSON.stringify({ path, internalAs, attributes, malformed });
    this.#last = { route, text };
    return text;
  }

  #text(text: string): number {
    const known = this.#texts.get(text);
    if (known?.era === this.#era) return known.id;
    const id = this.#statements.text.get(text, this.#era)!;
    this.#texts.delete(text);
    this.#texts.set(text, { id, era: this.#era });
    if (this.#texts.size > MOST_TEXTS) this.#texts.delete(this.#texts.keys().next().value!);
    return id;
  }
}

function eraOf(id: number): number {
  return Math.floor(id / ERA);
}

/** What of the log is kept. */
export interface RouteLogLimits {
  /** Changes of before this time go. */
  readonly before: EventTime;
  readonly maxRows: number;
}

/** Deletes from the front of the log what is too old, or too much, and texts that nobody needs any more. @returns rows deleted. */
export function pruneRouteLog(db: Database, { before, maxRows }: RouteLogLimits): number {
  const newest = Number(db.prepare('SELECT coalesce(max(id), 0) FROM route_log').pluck().get());
  const oldest = db.prepare<[number], { id: number; at: number }>('SELECT id, at FROM route_log ORDER BY id LIMIT ?');
  let rows = 0;
  for (;;) {
    const front = oldest.all(BATCH);
    // The last row stays, so that numbers, and eras with them, only ever ascend.
    const kept = front.findIndex(({ id, at }) => (id > newest - maxRows && at >= before) || id === newest);
    const gone = kept === -1 ? front : front.slice(0, kept);
    const last = gone.at(-1);
    if (last === undefined) return rows;
    const since = gone.reduce((latest, { at }) => Math.max(latest, at), routeLogSince(db) ?? 0);
    db.transaction(() => {
      db.prepare('DELETE FROM route_log WHERE id <= ?').run(last.id);
      db.prepare('DELETE FROM route_log_texts WHERE era < ?').run(eraOf(last.id));
      setSince(db, since);
    })();
    rows += gone.length;
    if (gone.length < BATCH) return rows + forgetPrefixes(db);
  }
}

function forgetPrefixes(db: Database): number {
  return db
    .prepare(
      'DELETE FROM route_log_prefixes WHERE NOT EXISTS (SELECT 1 FROM route_log WHERE prefix_id = route_log_prefixes.id)',
    )
    .run().changes;
}
