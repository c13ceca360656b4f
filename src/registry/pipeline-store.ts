// The pipeline's state on SQLite: everything at the start, every batch in one transaction. Plain data goes in JSON columns; raw
// records of evidence are kept once, by digest. Statements are prepared once.

import { type Incident } from '../incidents/incident.js';
import {
  type Batch,
  type FileProgress,
  type LinkProgress,
  type OpenDump,
  type PipelineSnapshot,
  type PrefixRecord,
  type ReferenceSummary,
  type RouteRow,
  type Store,
} from '../pipeline/store.js';
import { type Session } from '../rib/session.js';
import { type Database } from './database.js';
import { EvidenceWriter } from './evidence.js';
import { writeFileProgress } from './files.js';
import { LinkWriter, readLinks } from './links.js';
import { RouteLogWriter } from './route-log.js';

interface RouteDetails {
  readonly path: RouteRow['path'];
  readonly internalAs: RouteRow['internalAs'];
  readonly attributes: string;
  readonly malformed: boolean;
  /** Absent = none. */
  readonly marks?: RouteRow['marks'];
  readonly dump: string | null;
  readonly file: string;
  readonly record: number;
  readonly offset: number;
}

export interface RouteColumns {
  readonly session_id: number;
  readonly prefix: string;
  readonly path_id: number;
  readonly at: number;
  readonly from_rib: number;
  readonly incidents: string | null;
  readonly data: string;
}

/** Routes read at a time. */
const PAGE = 5000;

/** The pipeline's store in an open database; the caller closes the database. */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #write: (batch: Batch) => void;

  constructor(db: Database) {
    this.#db = db;
    const writer = new BatchWriter(db);
    const transaction = db.transaction((batch: Batch) => writer.write(batch));
    this.#write = (batch) => transaction.immediate(batch);
  }

  load(): PipelineSnapshot {
    return this.#db.transaction(() => this.#read())();
  }

  commit(batch: Batch): void {
    this.#write(batch);
  }

  #read(): PipelineSnapshot {
    const state = new Map(
      this.#db
        .prepare<[], { key: string; value: string }>('SELECT key, value FROM engine_state')
        .all()
        .map((row) => [row.key, row.value]),
    );
    const json = <T>(key: string, absent: T): T => (state.has(key) ? (JSON.parse(state.get(key)!) as T) : absent);
    return {
      links: readLinks(this.#db),
      linkProgress: json<LinkProgress | null>('links', null),
      generation: json<number | null>('generation', null),
      reference: json<ReferenceSummary | null>('reference', null),
      watermark: json<number | null>('watermark', null),
      dumps: json<readonly OpenDump[]>('dumps', []),
      sessions: this.#data<Session>('SELECT data FROM sessions ORDER BY id'),
      routes: this.#routes(),
      withdrawn: this.#db
        .prepare<[], { session: number; prefix: string; pathId: number; at: number }>(
          'SELECT session_id AS session, prefix, path_id AS pathId, at FROM withdrawn_routes',
        )
        .all(),
      prefixes: this.#data<PrefixRecord>('SELECT data FROM prefix_states ORDER BY prefix'),
      baseline: this.#db
        .prepare<[], { prefix: string; origin: number }>(
          'SELECT prefix, origin FROM baseline_covers ORDER BY prefix, origin',
        )
        .all(),
      incidents: this.#data<Incident>('SELECT data FROM incidents WHERE active = 1 ORDER BY opened_at, id'),
      monitors: this.#db
        .prepare<[], { monitor: string; key: string; data: string }>(
          'SELECT monitor, key, data FROM monitor_rows ORDER BY monitor, key',
        )
        .all()
        .map(({ monitor, key, data }) => ({ monitor, key, data: JSON.parse(data) as unknown })),
    };
  }

  #data<T>(sql: string): T[] {
    return this.#db
      .prepare<[], { data: string }>(sql)
      .all()
      .map(({ data }) => JSON.parse(data) as T);
  }

  /** A page at a time, since a million rows at once take a gigabyte. */
  *#routes(): Generator<RouteRow> {
    const page = this.#db.prepare<[number, string, number, number], RouteColumns>(
      `SELECT session_id, prefix, path_id, at, from_rib, incidents, data FROM routes
       WHERE (session_id, prefix, path_id) > (?, ?, ?) ORDER BY session_id, prefix, path_id LIMIT ?`,
    );
    let last: Pick<RouteColumns, 'session_id' | 'prefix' | 'path_id'> = { session_id: 0, prefix: '', path_id: 0 };
    for (;;) {
      const rows = page.all(last.session_id, last.prefix, last.path_id, PAGE);
      for (const row of rows) yield routeOf(row);
      const end = rows.at(-1);
      if (end === undefined || rows.length < PAGE) return;
      last = end;
    }
  }
}

export function routeOf(row: RouteColumns): RouteRow {
  const { path, internalAs, attributes, malformed, marks, dump, file, record, offset } = JSON.parse(
    row.data,
  ) as RouteDetails;
  return {
    session: row.session_id,
    prefix: row.prefix,
    pathId: row.path_id,
    at: row.at,
    fromRib: row.from_rib === 1,
    path,
    internalAs,
    attributes,
    malformed,
    marks,
    dump,
    file,
    record,
    offset,
    incidents: row.incidents === null ? [] : (JSON.parse(row.incidents) as string[]),
  };
}

/** The prepared statements of a batch. */
class BatchWriter {
  readonly #db: Database;
  readonly #evidence: EvidenceWriter;
  readonly #statements;
  readonly #log: RouteLogWriter;
  readonly #links: LinkWriter;

  constructor(db: Database) {
    this.#db = db;
    this.#log = new RouteLogWriter(db);
    this.#links = new LinkWriter(db);
    this.#evidence = new EvidenceWriter(db);
    this.#statements = {
      state: db.prepare(
        'INSERT INTO engine_state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      ),
      session: db.prepare(`INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET up = excluded.up, last_record_at = excluded.last_record_at, data = excluded.data`),
      route: db.prepare('INSERT OR REPLACE INTO routes VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
      removeRoute: db.prepare('DELETE FROM routes WHERE session_id = ? AND prefix = ? AND path_id = ?'),
      withdrawn: db.prepare('INSERT OR REPLACE INTO withdrawn_routes VALUES (?, ?, ?, ?)'),
      forgetWithdrawn: db.prepare('DELETE FROM withdrawn_routes WHERE at < ?'),
      prefix: db.prepare('INSERT OR REPLACE INTO prefix_states VALUES (?, ?, ?)'),
      removePrefix: db.prepare('DELETE FROM prefix_states WHERE prefix = ?'),
      baseline: db.prepare('INSERT OR IGNORE INTO baseline_covers VALUES (?, ?)'),
      incident:
        db.prepare(`INSERT INTO incidents (id, type, level, state, connection, registered_prefix, prefix, offender, fingerprint,
          opened_at, last_seen_at, resolved_at, active, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET level = excluded.level, state = excluded.state, last_seen_at = excluded.last_seen_at,
          resolved_at = excluded.resolved_at, active = excluded.active, data = excluded.data`),
      forgetIncident: db.prepare('UPDATE incidents SET active = 0 WHERE id = ?'),
      monitorRow: db.prepare('INSERT OR REPLACE INTO monitor_rows VALUES (?, ?, ?)'),
      removeMonitorRow: db.prepare('DELETE FROM monitor_rows WHERE monitor = ? AND key = ?'),
      event:
        db.prepare(`INSERT INTO events (at, type, level, connection, registered_prefix, prefix, summary, description)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    };
  }

  write(batch: Batch): void {
    const run = this.#statements;
    run.state.run('generation', JSON.stringify(batch.generation));
    if (batch.reference !== null) run.state.run('reference', JSON.stringify(batch.reference));
    run.state.run('watermark', JSON.stringify(batch.watermark));
    if (batch.dumps !== null) run.state.run('dumps', JSON.stringify(batch.dumps));
    for (const one of batch.sessions) this.#session(one);
    for (const { session, prefix, pathId } of batch.removedRoutes) run.removeRoute.run(session, prefix, pathId);
    for (const route of batch.routes) this.#route(route);
    for (const { session, prefix, pathId, at } of batch.withdrawn) run.withdrawn.run(session, prefix, pathId, at);
    if (batch.forgetWithdrawnBefore !== null) run.forgetWithdrawn.run(batch.forgetWithdrawnBefore);
    for (const prefix of batch.removedPrefixes) run.removePrefix.run(prefix);
    for (const { record, condition } of batch.prefixes)
      run.prefix.run(record.state.prefix, condition, JSON.stringify(record));
    for (const { prefix, origin } of batch.baseline) run.baseline.run(prefix, origin);
    for (const { incident, active } of batch.incidents) this.#incident(incident, active);
    for (const id of batch.forgottenIncidents) run.forgetIncident.run(id);
    for (const one of batch.evidence) this.#evidence.write(one);
    for (const { at, type, level, connection, registeredPrefix, prefix, summary, description } of batch.events) {
      run.event.run(at, type, level, connection, registeredPrefix, prefix, summary, description);
    }
    for (const { monitor, key, data } of batch.monitors) {
      if (data === null) run.removeMonitorRow.run(monitor, key);
      else run.monitorRow.run(monitor, key, JSON.stringify(data));
    }
    this.#links.write(batch.links);
    if (batch.links.progress !== null) run.state.run('links', JSON.stringify(batch.links.progress));
    if (batch.routeLog !== null) this.#log.write(batch.routeLog);
    for (const file of batch.files) this.#file(file);
  }

  #session(session: Session): void {
    const { id, collector, peerAddress, peerAs, up, lastRecordAt } = session;
    this.#statements.session.run(id, collector, peerAddress, peerAs, up ? 1 : 0, lastRecordAt, JSON.stringify(session));
  }

  #route(row: RouteRow): void {
    const {
      session,
      prefix,
      pathId,
      at,
      fromRib,
      path,
      internalAs,
      attributes,
      malformed,
      marks,
      dump,
      file,
      record,
      offset,
    } = row;
    const details: RouteDetails = { path, internalAs, attributes, malformed, marks, dump, file, record, offset };
    const incidents = row.incidents.length === 0 ? null : JSON.stringify(row.incidents);
    const text = path.flatMap(({ asns }) => asns).join(' ');
    this.#statements.route.run(session, prefix, pathId, at, fromRib ? 1 : 0, text, incidents, JSON.stringify(details));
  }

  #incident(incident: Incident, active: boolean): void {
    const { id, type, level, state, connection, registeredPrefix, prefix, offender, fingerprint } = incident;
    const { openedAt, lastSeenAt, resolvedAt } = incident;
    const times = [openedAt, lastSeenAt, resolvedAt, active ? 1 : 0] as const;
    const data = JSON.stringify(incident);
    this.#statements.incident.run(
      id,
      type,
      level,
      state,
      connection,
      registeredPrefix,
      prefix,
      offender,
      fingerprint,
      ...times,
      data,
    );
  }

  #file(file: FileProgress): void {
    writeFileProgress(this.#db, file);
  }
}
