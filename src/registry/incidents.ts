// Incidents as the registry keeps them: listing, and what the operator does to them. The pipeline writes them (pipeline-store); ack
// and mute are columns of their own that it never touches, and a resolution by hand is a request that it carries out.

import { type Incident } from '../incidents/incident.js';
import { type Database } from './database.js';

/** An incident with the operator's marks. */
export interface StoredIncident {
  readonly incident: Incident;
  readonly ack: boolean;
  readonly muted: boolean;
}

/** Which incidents to list; every field narrows. */
export interface IncidentFilter {
  readonly states?: readonly string[];
  readonly type?: string;
  readonly connection?: string;
  /** Registered or announced prefix, by its text. */
  readonly prefix?: string;
  /** Those going on at or after this time. */
  readonly since?: number;
}

interface IncidentColumns {
  readonly data: string;
  readonly ack: number;
  readonly muted: number;
}

/** Incidents ordered by openedAt, then id. */
export function* listIncidents(db: Database, filter: IncidentFilter = {}): IterableIterator<StoredIncident> {
  const rows = db
    .prepare<[], IncidentColumns>('SELECT data, ack, muted FROM incidents ORDER BY opened_at, id')
    .iterate();
  for (const row of rows) {
    const stored = storedOf(row);
    if (matches(stored.incident, filter)) yield stored;
  }
}

/** Incidents whose ids begin with `id`, 4 to 16 hex digits of either case; two at most, which is more than one. */
export function incidentsBeginning(db: Database, id: string): readonly StoredIncident[] {
  if (!/^[0-9a-f]{4,16}$/i.test(id)) return [];
  return db
    .prepare<[string], IncidentColumns>(`SELECT data, ack, muted FROM incidents WHERE id GLOB ? || '*' LIMIT 2`)
    .all(id.toLowerCase())
    .map(storedOf);
}

/** The incidents that bear a mark, by id: few of all. */
export function readMarks(db: Database): ReadonlyMap<string, Pick<StoredIncident, 'ack' | 'muted'>> {
  const rows = db
    .prepare<[], { id: string; ack: number; muted: number }>(
      'SELECT id, ack, muted FROM incidents WHERE ack = 1 OR muted = 1',
    )
    .all();
  return new Map(rows.map(({ id, ack, muted }) => [id, { ack: ack === 1, muted: muted === 1 }]));
}

/** Sets or clears a mark. */
export function markIncident(db: Database, id: string, mark: 'ack' | 'muted', on: boolean): void {
  db.prepare(`UPDATE incidents SET ${mark} = ? WHERE id = ?`).run(on ? 1 : 0, id);
}

/** Asks the pipeline to resolve an incident; whoever runs next carries it out. */
export function requestResolution(db: Database, id: string): void {
  db.prepare(`INSERT INTO operator_requests (kind, incident_id) VALUES ('resolve', ?)`).run(id);
}

/** The ids whose resolution was asked for and not carried out yet, in order. */
export function pendingResolutions(db: Database): string[] {
  return db
    .prepare<[], { incident_id: string }>(
      `SELECT incident_id FROM operator_requests WHERE kind = 'resolve' AND done = 0 ORDER BY id`,
    )
    .all()
    .map((row) => row.incident_id);
}

/** Notes that every pending request was carried out. */
export function resolutionsDone(db: Database, ids: readonly string[]): void {
  const done = db.prepare(`UPDATE operator_requests SET done = 1 WHERE incident_id = ?`);
  for (const id of ids) done.run(id);
}

function storedOf({ data, ack, muted }: IncidentColumns): StoredIncident {
  return { incident: JSON.parse(data) as Incident, ack: ack === 1, muted: muted === 1 };
}

function matches(incident: Incident, { states, type, connection, prefix, since }: IncidentFilter): boolean {
  return (
    (states === undefined || states.includes(incident.state)) &&
    (type === undefined || incident.type === type) &&
    (connection === undefined || incident.connection === connection) &&
    (prefix === undefined || incident.prefix === prefix || incident.registeredPrefix === prefix) &&
    (since === undefined || incident.resolvedAt === null || incident.resolvedAt >= since)
  );
}
