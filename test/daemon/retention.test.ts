import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/daemon/config.js';
import { Retention } from '../../src/daemon/retention.js';
import { type Database } from '../../src/registry/database.js';
import { createStats } from '../../src/telemetry/stats.js';
import { at } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const DAY = 86_400;
const defaults = parseConfig('', { file: 'peerwatch.yaml' });

/** Events of these many seconds after T0. */
function withEvents(db: Database, seconds: readonly number[]): Database {
  const add =
    db.prepare(`INSERT INTO events (at, type, level, connection, registered_prefix, prefix, summary, description)
    VALUES (?, 'PathChangeEvent', 'Information', 'hq', 'p', 'p', ?, '')`);
  db.transaction(() => seconds.forEach((one) => add.run(at(one), 'x'.repeat(500))))();
  return db;
}

function eventsOf(db: Database): unknown[] {
  return db.prepare('SELECT at FROM events ORDER BY at').pluck().all();
}

function logger() {
  const lines: string[] = [];
  const write = (details: object, message: string): void => void lines.push(`${message} ${JSON.stringify(details)}`);
  return { lines, info: write, error: write };
}

test('Retention.prune counts the days of the configuration back from the watermark, not from today', (context) => {
  const db = withEvents(temporaryDatabase(context), [-91 * DAY, -90 * DAY, 0]);
  const log = logger();
  const retention = new Retention(db, log);
  retention.prune(defaults.retention, null);
  assert.equal(eventsOf(db).length, 3, 'nothing was read yet: nothing is old');
  retention.prune(defaults.retention, at(0));
  assert.deepEqual(eventsOf(db), [at(-90 * DAY), at(0)]);
  retention.prune({ ...defaults.retention, events: 30 * DAY * 1e6 }, at(0));
  assert.deepEqual(eventsOf(db), [at(0)]);
  assert.deepEqual(log.lines, ['old rows pruned {"rows":1}', 'old rows pruned {"rows":1}']);
});

test('Retention.evict deletes the oldest events of a database that is too large, says so as an error, and counts them', (context) => {
  const db = withEvents(
    temporaryDatabase(context),
    Array.from({ length: 3000 }, (_, index) => index),
  );
  const log = logger();
  const stats = createStats();
  const retention = new Retention(db, log);
  retention.evict(defaults.database.maxBytes, stats);
  assert.deepEqual([stats.eventsEvicted, log.lines.length], [0, 0]);
  const maxBytes = 1_000_000;
  retention.evict(maxBytes, stats);
  const left = eventsOf(db);
  assert.ok(left.length > 0 && left.length < 3000, `${left.length} left`);
  assert.equal(left[0], at(3000 - left.length));
  assert.equal(stats.eventsEvicted, 3000 - left.length);
  assert.deepEqual(log.lines, [
    `the database is full: the oldest events were deleted {"events":${stats.eventsEvicted},"maxBytes":${maxBytes}}`,
  ]);
});

test('Retention.evict says once that the database is full where no event is left: nobody was told that it grows on', (context) => {
  const db = withEvents(temporaryDatabase(context), [0]);
  const log = logger();
  const retention = new Retention(db, log);
  for (const maxBytes of [1, 1, 1]) retention.evict(maxBytes, createStats());
  assert.equal(eventsOf(db).length, 0);
  assert.equal(log.lines.length, 2);
  assert.match(
    log.lines[1],
    /^the database is full and holds no more events to delete \{"usedBytes":\d+,"maxBytes":1\}$/,
  );
  retention.evict(defaults.database.maxBytes, createStats());
  retention.evict(1, createStats());
  assert.equal(log.lines.length, 3);
});
