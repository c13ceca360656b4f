// Rows of connections, without their prefixes: read whole, written by name.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Database } from './database.js';
import { type Connection } from './registry-model.js';

interface ConnectionRow {
  readonly id: number;
  readonly name: string;
  readonly provider: string;
  readonly country: string | null;
  readonly state: string | null;
  readonly primary_metro: string | null;
  readonly backup_metro: string | null;
  readonly asns: string;
}

/** Every connection by its row id, in the order of names; `prefixes` is empty. */
export function readConnections(db: Database): ReadonlyMap<number, Connection> {
  const rows = db
    .prepare<[], ConnectionRow>(
      `SELECT c.id, c.name, p.name AS provider, c.country, c.state, c.primary_metro, c.backup_metro, c.asns
       FROM connections c JOIN providers p ON p.id = c.provider_id ORDER BY c.name`,
    )
    .all();
  return new Map(rows.map((row) => [row.id, connectionOf(row)]));
}

/** Adds the connection, or changes the one of its name. Its provider must have been written before. */
export function writeConnection(db: Database, connection: Connection, now: EventTime): void {
  db.prepare(
    `INSERT INTO connections (name, provider_id, country, state, primary_metro, backup_metro, asns, registered_at)
     VALUES (@name, (SELECT id FROM providers WHERE name = @provider), @country, @state, @primary, @backup, @asns, @now)
     ON CONFLICT (name) DO UPDATE SET provider_id = excluded.provider_id, country = excluded.country,
       state = excluded.state, primary_metro = excluded.primary_metro, backup_metro = excluded.backup_metro,
       asns = excluded.asns`,
  ).run({
    name: connection.name,
    provider: connection.provider,
    country: connection.country,
    state: connection.state,
    primary: connection.primary,
    backup: connection.backup,
    asns: JSON.stringify(connection.asns),
    now,
  });
}

/** Its prefixes must have been deleted before. */
export function deleteConnection(db: Database, name: string): void {
  db.prepare('DELETE FROM connections WHERE name = ?').run(name);
}

function connectionOf(row: ConnectionRow): Connection {
  return {
    name: row.name,
    provider: row.provider,
    country: row.country,
    state: row.state,
    primary: row.primary_metro,
    backup: row.backup_metro,
    asns: JSON.parse(row.asns) as Asn[], // written by writeConnection
    prefixes: [],
  };
}
