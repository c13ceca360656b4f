// The pipeline's state on a real SQLite file: what a batch wrote is what is loaded, and a batch that fails writes nothing.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Batch } from '../../src/pipeline/store.js';
import { type Database } from '../../src/registry/database.js';
import { listEvents } from '../../src/registry/events.js';
import { readEvidence } from '../../src/registry/evidence.js';
import { listIncidents, markIncident } from '../../src/registry/incidents.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { at, policy, Stage, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const R = '203.0.113.0/24';
const HIJACK = '65001 64511';

function pipelineOn(db: Database): { pipeline: Pipeline; batches: Batch[] } {
  const batches: Batch[] = [];
  const options = { store: new SqliteStore(db), policies: [policy(R)], generation: 3, figures: defaultFigures };
  return { pipeline: new Pipeline({ ...options, onCommit: (batch) => batches.push(batch) }), batches };
}

function play(pipeline: Pipeline, { events }: Story): void {
  for (const event of events) {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  }
  pipeline.commit([]);
}

/** All of a store's state, its routes as a list. */
function stateOf(db: Database) {
  const snapshot = new SqliteStore(db).load();
  return { ...snapshot, routes: [...snapshot.routes] };
}

const rows = (db: Database, table: string): number =>
  db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;

suite('SqliteStore', () => {
  test('SqliteStore loads an empty state from a new database', (context) => {
    assert.deepEqual(stateOf(temporaryDatabase(context)), {
      generation: null,
      reference: null,
      watermark: null,
      sessions: [],
      routes: [],
      withdrawn: [],
      prefixes: [],
      baseline: [],
      incidents: [],
      dumps: [],
      monitors: [],
      links: [],
      linkProgress: null,
    });
  });

  test('SqliteStore loads what a batch said of routes, sessions, prefixes, incidents, withdrawals and dumps', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline, batches } = pipelineOn(db);
    const story = new Story()
      .ribBegin(1, 'd', [1, 2])
      .rib(2, 1, 'd', '203.0.112.0/23', '65001 64510')
      .announce(10, 1, R, '65001 (65100) 64500 {64496,64497}', { pathId: 4, attributes: 'x' })
      .announce(11, 2, R, '65002 64511')
      .withdraw(12, 3, R);
    play(pipeline, story);
    const [batch] = batches;
    const snapshot = stateOf(db);
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    assert.equal(snapshot.generation, 3);
    assert.equal(snapshot.watermark, at(12));
    assert.deepEqual(plain(snapshot.sessions), plain(batch.sessions));
    assert.deepEqual(
      new Set(snapshot.routes.map((route) => JSON.stringify(Object.entries(route).sort()))),
      new Set([...batch.routes].map((route) => JSON.stringify(Object.entries(route).sort()))),
    );
    assert.deepEqual(plain(snapshot.prefixes), plain(batch.prefixes.map(({ record }) => record)));
    assert.deepEqual(plain(snapshot.incidents), plain(batch.incidents.map(({ incident }) => incident)));
    assert.deepEqual(snapshot.withdrawn, [{ session: 3, prefix: R, pathId: 0, at: at(12) }]);
    assert.deepEqual(snapshot.baseline, [{ prefix: '203.0.112.0/23', origin: 64510 }]);
    assert.deepEqual(snapshot.dumps, [{ id: 'd', collector: 'rrc00', beganAt: at(1), sessions: [1] }]);
  });

  test('SqliteStore keeps the rows of monitors apart by name, and drops those without data', (context) => {
    const db = temporaryDatabase(context);
    const store = new SqliteStore(db);
    const batch = { ...new Stage([]).engine.takeBatch(), generation: 1, reference: null, files: [] };
    const row = (monitor: string, data: unknown) => ({ monitor, key: R, data });
    store.commit({ ...batch, monitors: [row('b', { since: 5 }), row('a', [1])] });
    store.commit({ ...batch, monitors: [row('b', { since: 6 })] });
    assert.deepEqual(stateOf(db).monitors, [row('a', [1]), row('b', { since: 6 })]);
    store.commit({ ...batch, monitors: [row('a', null)] });
    assert.deepEqual(stateOf(db).monitors, [row('b', { since: 6 })]);
  });

  test('SqliteStore removes what a batch removed', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline } = pipelineOn(db);
    play(pipeline, new Story().announce(10, 1, R, HIJACK));
    assert.equal(rows(db, 'routes'), 1);
    play(pipeline, new Story().withdraw(20, 1, R));
    assert.equal(rows(db, 'routes'), 0);
  });

  test('SqliteStore keeps a forgotten incident for listing, and loads it no more', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline } = pipelineOn(db);
    play(pipeline, new Story().announce(10, 1, R, HIJACK).withdraw(20, 1, R));
    pipeline.engine.advance(at(2000));
    pipeline.commit([]);
    assert.deepEqual(stateOf(db).incidents, []);
    const [{ incident }] = [...listIncidents(db)];
    assert.deepEqual([incident.state, incident.resolvedAt], ['resolved', at(20)]);
  });

  test('SqliteStore stores the raw record of each piece of evidence once, byte for byte', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline } = pipelineOn(db);
    const [first, second] = new Story().announce(10, 1, R, HIJACK).announce(10, 2, R, HIJACK).events;
    assert.ok(first.kind === 'announce' && second.kind === 'announce');
    const evidence = { record: Uint8Array.of(1, 2, 3), peerIndex: Uint8Array.of(9) };
    for (const event of [first, second]) pipeline.apply({ ...event, evidence });
    pipeline.commit([]);
    const [{ incident }] = [...listIncidents(db)];
    const stored = readEvidence(db, incident.id).map(({ position, record, peerIndex }) => [
      position,
      [...(record ?? [])],
      [...(peerIndex ?? [])],
    ]);
    assert.deepEqual(stored, [
      [0, [1, 2, 3], [9]],
      [1, [1, 2, 3], [9]],
    ]);
    assert.equal(rows(db, 'raw_records'), 2);
    const digests = db.prepare<[], { digest: Buffer }>('SELECT digest FROM raw_records ORDER BY id').all();
    assert.deepEqual(digests[0].digest, createHash('sha256').update(evidence.record).digest());
  });

  test('SqliteStore writes all of a batch or nothing', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline, batches } = pipelineOn(db);
    play(pipeline, new Story().announce(10, 1, R, HIJACK));
    const before = stateOf(db);
    const [{ routes, ...batch }] = batches;
    const [stored] = routes;
    const orphan = { ...stored, session: 99 }; // refers to no session: the foreign key refuses it
    assert.throws(
      () => new SqliteStore(db).commit({ ...batch, watermark: at(99), routes: [...routes, orphan] }),
      /FOREIGN KEY/,
    );
    assert.deepEqual(stateOf(db), before);
    assert.equal(rows(db, 'events'), batch.events.length);
  });

  test('SqliteStore never touches ack and mute', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline } = pipelineOn(db);
    play(pipeline, new Story().announce(10, 1, R, HIJACK));
    const [{ incident }] = [...listIncidents(db)];
    markIncident(db, incident.id, 'ack', true);
    markIncident(db, incident.id, 'muted', true);
    play(pipeline, new Story().announce(20, 2, R, HIJACK));
    const [stored] = [...listIncidents(db)];
    assert.deepEqual([stored.incident.state, stored.ack, stored.muted], ['open', true, true]);
  });

  test('SqliteStore appends the events of each batch', (context) => {
    const db = temporaryDatabase(context);
    const { pipeline } = pipelineOn(db);
    play(pipeline, new Story().announce(10, 1, R, '64500 64496'));
    play(pipeline, new Story().withdraw(20, 1, R));
    assert.deepEqual(
      [...listEvents(db)].map(({ type }) => type),
      ['PrefixActivePath', 'PrefixAnnouncementEvent', 'PrefixWithdrawalEvent'],
    );
  });
});
