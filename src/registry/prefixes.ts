// Rows of registered prefixes, keyed by connection and prefix text, and the periods in which each was registered, which outlive the
// row. A row keeps its id while its policy changes: telemetry hangs on connection and prefix.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Database } from './database.js';
import { type PlacedPrefix } from './diff.js';
import { type NeighborMap, type RegisteredPrefix } from './registry-model.js';

interface PrefixRow {
  readonly id: number;
  readonly connection_id: number;
  readonly name: string;
  readonly prefix: string;
  readonly policy: string;
}

type StoredNeighbors = readonly (readonly [Asn, readonly Asn[]])[];

/** The JSON of the column `policy`, as `encodePolicy` writes it. */
interface StoredPolicy {
  readonly origins: readonly Asn[] | null;
  readonly neighbors: StoredNeighbors;
  readonly moreSpecifics: {
    readonly minLength: number;
    readonly maxLength: number;
    readonly origins: readonly Asn[] | null;
    readonly neighbors: StoredNeighbors;
  } | null;
  readonly aggregators: readonly Asn[] | null;
  readonly visibility: RegisteredPrefix['visibility'];
}

/** A prefix with its row id and that of its connection. */
export interface StoredPrefix {
  readonly id: number;
  readonly connectionId: number;
  readonly entry: RegisteredPrefix;
}

/** Every registered prefix, in prefix order. */
export function readPrefixes(db: Database): readonly StoredPrefix[] {
  return db
    .prepare<[], PrefixRow>('SELECT id, connection_id, name, prefix, policy FROM prefixes')
    .all()
    .map((row) => ({ id: row.id, connectionId: row.connection_id, entry: entryOf(row) }))
    .sort((a, b) => Prefix.compare(a.entry.prefix, b.entry.prefix) || a.id - b.id);
}

/** Registers the prefix from `now` on. Its connection must have been written before. */
export function insertPrefix(db: Database, { connection, entry }: PlacedPrefix, now: EventTime): void {
  const prefix = entry.prefix.toString();
  db.prepare(
    `INSERT INTO prefixes (connection_id, name, prefix, policy, registered_at)
     VALUES ((SELECT id FROM connections WHERE name = ?), ?, ?, ?, ?)`,
  ).run(connection, entry.name, prefix, encodePolicy(entry), now);
  db.prepare('INSERT INTO registration_periods (connection, prefix, registered_at) VALUES (?, ?, ?)').run(
    connection,
    prefix,
    now,
  );
}

/** New names and policies for rows that stay. Names move aside first, since two rows may have swapped theirs. */
export function updatePrefixes(db: Database, changed: readonly PlacedPrefix[]): void {
  const row = 'connection_id = (SELECT id FROM connections WHERE name = ?) AND prefix = ?';
  const moveAside = db.prepare(`UPDATE prefixes SET name = '#' || id WHERE ${row}`);
  const update = db.prepare(`UPDATE prefixes SET name = ?, policy = ? WHERE ${row}`);
  for (const { connection, entry } of changed) moveAside.run(connection, entry.prefix.toString());
  for (const { connection, entry } of changed) {
    update.run(entry.name, encodePolicy(entry), connection, entry.prefix.toString());
  }
}

/** Removes the row and ends its period of registration at `now`. */
export function deletePrefix(db: Database, { connection, entry }: PlacedPrefix, now: EventTime): void {
  const prefix = entry.prefix.toString();
  db.prepare(
    'DELETE FROM prefixes WHERE connection_id = (SELECT id FROM connections WHERE name = ?) AND prefix = ?',
  ).run(connection, prefix);
  db.prepare(
    `UPDATE registration_periods SET removed_at = max(registered_at, ?)
     WHERE connection = ? AND prefix = ? AND removed_at IS NULL`,
  ).run(now, connection, prefix);
}

function encodePolicy(entry: RegisteredPrefix): string {
  const { origins, neighbors, moreSpecifics, aggregators, visibility } = entry;
  const stored: StoredPolicy = {
    origins,
    neighbors: [...neighbors],
    moreSpecifics: moreSpecifics === null ? null : { ...moreSpecifics, neighbors: [...moreSpecifics.neighbors] },
    aggregators,
    visibility,
  };
  return JSON.stringify(stored);
}

function entryOf({ name, prefix, policy }: PrefixRow): RegisteredPrefix {
  const stored = JSON.parse(policy) as StoredPolicy;
  const { moreSpecifics } = stored;
  return {
    ...stored,
    name,
    prefix: parsePrefix(prefix),
    neighbors: neighborsOf(stored.neighbors),
    moreSpecifics:
      moreSpecifics === null ? null : { ...moreSpecifics, neighbors: neighborsOf(moreSpecifics.neighbors) },
  };
}

function neighborsOf(stored: StoredNeighbors): NeighborMap {
  return new Map(stored);
}
