// Which inputs were read, by identity, and how far each was applied.

import { type FileProgress } from '../pipeline/store.js';
import { type Database } from './database.js';

interface FileColumns {
  readonly collector: string;
  readonly identity: string;
  readonly name: string;
  readonly first_time: number | null;
  readonly last_time: number | null;
  readonly records: number;
  readonly offset: number;
  readonly frontier: string | null;
  readonly complete: number;
  readonly stored_bytes: number | null;
  readonly damage: string | null;
}

/** What is known of an input; null where it is new. */
export function readFileProgress(db: Database, collector: string, identity: string): FileProgress | null {
  const row = db
    .prepare<[string, string], FileColumns>('SELECT * FROM files WHERE collector = ? AND identity = ?')
    .get(collector, identity);
  return row === undefined ? null : progressOf(row);
}

/** True where a complete input of the collector begins with a record of the same time, under another name: this may be its copy. */
export function hasTwin(
  db: Database,
  { collector, firstTime, otherThan }: { collector: string; firstTime: number | null; otherThan: string },
): boolean {
  const twin = db
    .prepare('SELECT 1 FROM files WHERE collector = ? AND first_time = ? AND name <> ? AND complete = 1 LIMIT 1')
    .get(collector, firstTime, otherThan);
  return twin !== undefined;
}

/** Every input ever read, in order of collector, time and name. */
export function listFiles(db: Database): FileProgress[] {
  return db.prepare<[], FileColumns>('SELECT * FROM files ORDER BY collector, first_time, name').all().map(progressOf);
}

/** Notes how far an input was applied; part of the batch's transaction. */
export function writeFileProgress(db: Database, file: FileProgress): void {
  const { collector, identity, name, firstTime, lastTime, records, offset, frontier, complete, storedBytes, damage } =
    file;
  db.prepare(
    `INSERT INTO files (collector, identity, name, first_time, last_time, records, offset, frontier, complete, stored_bytes, damage)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (collector, identity) DO UPDATE SET last_time = excluded.last_time, records = excluded.records,
       offset = excluded.offset, frontier = excluded.frontier, complete = excluded.complete,
       stored_bytes = excluded.stored_bytes, damage = excluded.damage`,
  ).run(
    collector,
    identity,
    name,
    firstTime,
    lastTime,
    records,
    offset,
    frontier,
    complete ? 1 : 0,
    storedBytes,
    damage,
  );
}

function progressOf(row: FileColumns): FileProgress {
  return {
    collector: row.collector,
    identity: row.identity,
    name: row.name,
    firstTime: row.first_time,
    lastTime: row.last_time,
    records: row.records,
    offset: row.offset,
    frontier: row.frontier,
    complete: row.complete === 1,
    storedBytes: row.stored_bytes,
    damage: row.damage,
  };
}
