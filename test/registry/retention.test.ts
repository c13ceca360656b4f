import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database } from '../../src/registry/database.js';
import { evictOldestEvents, pruneOlderThan, type RetentionLimits } from '../../src/registry/retention.js';
import { temporaryDatabase } from '../support/registry-database.js';

/** Nothing is old. */
const nothing: RetentionLimits = { incidents: 0, evidence: 0, events: 0, outbox: 0 };

/** `resolvedAt` null = open. */
function addIncident(
  db: Database,
  id: string,
  at: number,
  { resolvedAt, active }: { resolvedAt: number | null; active: boolean },
) {
  db.prepare(
    `INSERT INTO incidents (id, type, level, state, connection, registered_prefix, prefix, offender, fingerprint, opened_at,
       last_seen_at, resolved_at, active, data) VALUES (?, 'origin-hijack', 'Critical', ?, 'hq', 'p', 'p', '1', 'f', ?, ?, ?, ?, '{}')`,
  ).run(id, resolvedAt === null ? 'open' : 'resolved', at, at, resolvedAt, active ? 1 : 0);
}

/** One piece of evidence with its own record, and a peer index that all share. */
function addEvidence(db: Database, incident: string, position: number, at: number): void {
  const raw = (text: string): unknown => {
    db.prepare('INSERT OR IGNORE INTO raw_records (digest, bytes) VALUES (?, ?)').run(
      Buffer.from(text),
      Buffer.from(text),
    );
    return db.prepare('SELECT id FROM raw_records WHERE digest = ?').pluck().get(Buffer.from(text));
  };
  db.prepare(
    'INSERT INTO evidence (incident_id, position, at, data, raw_record_id, peer_index_record_id) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(incident, position, at, '{}', raw(`${incident} ${position}`), raw('index'));
}

function addEvents(db: Database, times: readonly number[]): void {
  const add =
    db.prepare(`INSERT INTO events (at, type, level, connection, registered_prefix, prefix, summary, description)
    VALUES (?, 'PathChangeEvent', 'Information', 'hq', 'p', 'p', ?, '')`);
  db.transaction(() => times.forEach((at) => add.run(at, 'x'.repeat(200))))();
}

const list = (db: Database, sql: string): unknown[] => db.prepare(sql).pluck().all();

test('pruneOlderThan deletes incidents that were resolved before the limit, with their evidence, and never one that goes on', (context) => {
  const db = temporaryDatabase(context);
  addIncident(db, 'old', 1, { resolvedAt: 99, active: false });
  addIncident(db, 'at the limit', 1, { resolvedAt: 100, active: false });
  addIncident(db, 'open', 1, { resolvedAt: null, active: true });
  addIncident(db, 'may come back', 1, { resolvedAt: 99, active: true });
  for (const id of ['old', 'open']) addEvidence(db, id, 0, 1);
  assert.equal(pruneOlderThan(db, { ...nothing, incidents: 100 }), 1 + 1); // the incident, and its record that nobody needs any more
  assert.deepEqual(list(db, 'SELECT id FROM incidents ORDER BY id'), ['at the limit', 'may come back', 'open']);
  assert.deepEqual(list(db, 'SELECT incident_id FROM evidence'), ['open']);
  assert.deepEqual(list(db, 'SELECT CAST(bytes AS TEXT) FROM raw_records ORDER BY 1'), ['index', 'open 0']);
});

test('pruneOlderThan empties the bytes of old evidence of resolved incidents and keeps what the evidence says', (context) => {
  const db = temporaryDatabase(context);
  addIncident(db, 'over', 1, { resolvedAt: 150, active: false });
  addIncident(db, 'open', 1, { resolvedAt: null, active: true });
  addEvidence(db, 'over', 0, 50);
  addEvidence(db, 'over', 1, 100);
  addEvidence(db, 'open', 0, 50);
  pruneOlderThan(db, { ...nothing, evidence: 100 });
  assert.deepEqual(list(db, `SELECT incident_id || position || (raw_record_id IS NULL) FROM evidence ORDER BY 1`), [
    'open00',
    'over01',
    'over10',
  ]);
  assert.deepEqual(list(db, 'SELECT CAST(bytes AS TEXT) FROM raw_records ORDER BY 1'), ['index', 'open 0', 'over 1']);
});

test('pruneOlderThan deletes old events however many batches that takes and delivered notifications', (context) => {
  const db = temporaryDatabase(context);
  addEvents(
    db,
    Array.from({ length: 2500 }, (_, at) => at),
  );
  const notify = db.prepare(`INSERT INTO outbox (incident_id, kind, at, data, delivered) VALUES ('i', ?, ?, '{}', ?)`);
  notify.run('delivered', 1, 1);
  notify.run('waiting', 1, 0);
  assert.equal(pruneOlderThan(db, { ...nothing, events: 2400, outbox: 10 }), 2401);
  assert.deepEqual(list(db, 'SELECT min(at) FROM events'), [2400]);
  assert.deepEqual(list(db, 'SELECT kind FROM outbox'), ['waiting']);
});

test('evictOldestEvents deletes the oldest events until the database fits, and nothing else', (context) => {
  const db = temporaryDatabase(context);
  addIncident(db, 'over', 1, { resolvedAt: 2, active: false });
  addEvents(
    db,
    Array.from({ length: 5000 }, (_, index) => 5000 - index), // inserted newest first
  );
  const page = (name: string): number => Number(db.pragma(name, { simple: true }));
  const used = (): number => (page('page_count') - page('freelist_count')) * page('page_size');
  const before = used();
  assert.deepEqual(evictOldestEvents(db, before), { evicted: 0, usedBytes: before });
  const { evicted } = evictOldestEvents(db, before - 300_000);
  assert.ok(evicted > 0 && evicted < 5000, `${evicted}`);
  assert.ok(used() <= before - 300_000);
  assert.deepEqual(list(db, 'SELECT min(at) FROM events'), [evicted + 1]);
  const all = evictOldestEvents(db, 0);
  assert.deepEqual(all, { evicted: 5000 - evicted, usedBytes: used() }, 'gives up when there are none left');
  assert.deepEqual(list(db, 'SELECT id FROM incidents'), ['over']);
});
