// Deleting what is older than it is kept, in batches. Incidents that are going on never go.

import { type EventTime } from '../ip/event-time.js';
import { type Database } from './database.js';

const BATCH = 1000;

/** Everything before these times goes. */
export interface RetentionLimits {
  readonly incidents: EventTime;
  readonly evidence: EventTime;
  readonly events: EventTime;
  readonly outbox: EventTime;
}

/** Deletes what is past its time. @returns rows deleted or emptied. */
export function pruneOlderThan(db: Database, limits: RetentionLimits): number {
  const ended = `SELECT id FROM incidents WHERE active = 0 AND resolved_at < ? LIMIT ${BATCH}`;
  const steps: readonly (readonly [string, EventTime])[] = [
    [`DELETE FROM incidents WHERE id IN (${ended})`, limits.incidents],
    [
      `UPDATE evidence SET raw_record_id = NULL, peer_index_record_id = NULL WHERE (incident_id, position) IN
        (SELECT incident_id, position FROM evidence JOIN incidents ON incidents.id = incident_id
         WHERE raw_record_id IS NOT NULL AND active = 0 AND at < ? LIMIT ${BATCH})`,
      limits.evidence,
    ],
    [`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at LIMIT ${BATCH})`, limits.events],
    [
      `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE delivered = 1 AND at < ? LIMIT ${BATCH})`,
      limits.outbox,
    ],
  ];
  let rows = 0;
  for (const [sql, before] of steps) rows += repeat(db, sql, [before]);
  const unused = `SELECT id FROM raw_records WHERE id NOT IN (SELECT raw_record_id FROM evidence WHERE raw_record_id IS NOT NULL)
    AND id NOT IN (SELECT peer_index_record_id FROM evidence WHERE peer_index_record_id IS NOT NULL) LIMIT ${BATCH}`;
  rows += repeat(db, `DELETE FROM raw_records WHERE id IN (${unused})`, []);
  const unrested = `SELECT id FROM verdict_bases WHERE id NOT IN (SELECT policies_id FROM evidence WHERE policies_id IS NOT NULL)
    AND id NOT IN (SELECT reference_id FROM evidence WHERE reference_id IS NOT NULL) LIMIT ${BATCH}`;
  return rows + repeat(db, `DELETE FROM verdict_bases WHERE id IN (${unrested})`, []);
}

/**
 * While the database's pages in use are more than `maxBytes`, deletes the oldest events.
 *
 * @returns how many, and the bytes still in use: more than `maxBytes` where no event is left.
 */
export function evictOldestEvents(
  db: Database,
  maxBytes: number,
): { readonly evicted: number; readonly usedBytes: number } {
  const evict = db.prepare(`DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY at LIMIT ${BATCH})`);
  let evicted = 0;
  for (;;) {
    const used = usedBytes(db);
    const changes = used > maxBytes ? evict.run().changes : 0;
    if (changes === 0) return { evicted, usedBytes: used };
    evicted += changes;
  }
}

function usedBytes(db: Database): number {
  const value = (name: string): number => Number(db.pragma(name, { simple: true }));
  return (value('page_count') - value('freelist_count')) * value('page_size');
}

function repeat(db: Database, sql: string, parameters: readonly number[]): number {
  const statement = db.prepare(sql);
  let rows = 0;
  for (;;) {
    const { changes } = statement.run(...parameters);
    rows += changes;
    if (changes < BATCH) return rows;
  }
}
