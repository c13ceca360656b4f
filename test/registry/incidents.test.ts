// Incidents as the registry lists and marks them.

import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Database } from '../../src/registry/database.js';
import {
  findIncident,
  type IncidentFilter,
  listIncidents,
  markIncident,
  pendingResolutions,
  readMarks,
  requestResolution,
  resolutionsDone,
} from '../../src/registry/incidents.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { at, policy, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const R = '203.0.113.0/24';
const B = '198.51.100.0/24';

/** Three incidents: one of R that is over at 30, one of a part of R, one of branch's B. */
function told(context: TestContext): Database {
  const db = temporaryDatabase(context);
  const policies = [policy(R), policy(B, { connection: 'branch' })];
  const pipeline = new Pipeline({ store: new SqliteStore(db), policies, generation: 1, figures: defaultFigures });
  const story = new Story()
    .announce(20, 1, R, '65001 64511')
    .announce(20, 1, '203.0.113.0/25', '65001 64510')
    .withdraw(30, 1, R)
    .announce(200, 1, B, '65001 64511')
    .announce(200, 2, B, '65002 64511');
  for (const event of story.events) {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  }
  pipeline.commit([]);
  return db;
}

const list = (db: Database, filter: IncidentFilter = {}) =>
  [...listIncidents(db, filter)].map(({ incident }) => `${incident.type} ${incident.prefix} ${incident.state}`);

const EXACT = `origin-hijack ${R} resolved`;
const PART = 'subprefix-hijack 203.0.113.0/25 suspected';
const BRANCH = `origin-hijack ${B} open`;

suite('listIncidents', () => {
  test('listIncidents orders by openedAt, then id', (context) => {
    const db = told(context);
    const all = [...listIncidents(db)].map(({ incident }) => incident);
    assert.deepEqual(
      all.map(({ openedAt }) => openedAt),
      [at(20), at(20), at(200)],
    );
    assert.ok(all[0].id < all[1].id);
    assert.deepEqual(new Set(list(db)), new Set([EXACT, PART, BRANCH]));
  });

  const filters: readonly (readonly [string, IncidentFilter, readonly string[]])[] = [
    ['state', { states: ['open', 'suspected'] }, [PART, BRANCH]],
    ['type', { type: 'subprefix-hijack' }, [PART]],
    ['connection', { connection: 'branch' }, [BRANCH]],
    ['registered or announced prefix', { prefix: R }, [EXACT, PART]],
    ['announced prefix', { prefix: '203.0.113.0/25' }, [PART]],
    ['going on since', { since: at(31) }, [PART, BRANCH]],
    ['ended at that very time', { since: at(30) }, [EXACT, PART, BRANCH]],
  ];
  for (const [name, filter, expected] of filters) {
    test(`listIncidents filters by ${name}`, (context) => {
      assert.deepEqual(new Set(list(told(context), filter)), new Set(expected));
    });
  }
});

suite('findIncident', () => {
  test('findIncident takes the id or its beginning, from four digits on', (context) => {
    const db = told(context);
    const [{ incident }] = [...listIncidents(db)];
    for (const length of [4, 8, 16])
      assert.equal(findIncident(db, incident.id.slice(0, length))?.incident.id, incident.id);
    assert.equal(findIncident(db, incident.id.slice(0, 3)), undefined);
    assert.equal(findIncident(db, 'ffff0000ffff0000'), undefined);
    assert.equal(findIncident(db, '****'), undefined);
  });

  test('findIncident finds none where a beginning fits two', (context) => {
    const db = told(context);
    const [{ incident }] = [...listIncidents(db)];
    const twin = `${incident.id.slice(0, 15)}${incident.id.endsWith('0') ? '1' : '0'}`;
    db.prepare(
      `INSERT INTO incidents SELECT ?, type, level, state, connection, registered_prefix, prefix, offender, fingerprint, opened_at,
       last_seen_at, resolved_at, active, ack, muted, note, data FROM incidents WHERE id = ?`,
    ).run(twin, incident.id);
    assert.equal(findIncident(db, incident.id.slice(0, 8)), undefined);
    assert.notEqual(findIncident(db, incident.id), undefined);
  });
});

test('markIncident sets and clears ack and mute, one apart from the other', (context) => {
  const db = told(context);
  const [{ incident }] = [...listIncidents(db)];
  const marks = () => {
    const found = findIncident(db, incident.id);
    return [found?.ack, found?.muted];
  };
  markIncident(db, incident.id, 'ack', true);
  assert.deepEqual(marks(), [true, false]);
  markIncident(db, incident.id, 'muted', true);
  markIncident(db, incident.id, 'ack', false);
  assert.deepEqual(marks(), [false, true]);
});

// What a replay touched was once looked up one by one by a pattern on the id: a scan of all incidents for each of them.
test('readMarks gives the incidents that bear a mark, and no others', (context) => {
  const db = told(context);
  const [first, second] = [...listIncidents(db)].map(({ incident }) => incident.id);
  assert.deepEqual([...readMarks(db)], []);
  markIncident(db, first, 'ack', true);
  markIncident(db, second, 'muted', true);
  const marks = readMarks(db);
  assert.deepEqual(marks.get(first), { ack: true, muted: false });
  assert.deepEqual(marks.get(second), { ack: false, muted: true });
  assert.equal(marks.size, 2);
});

test('pendingResolutions are those asked for and not done, in order', (context) => {
  const db = told(context);
  for (const id of ['b', 'a', 'c']) requestResolution(db, id);
  assert.deepEqual(pendingResolutions(db), ['b', 'a', 'c']);
  resolutionsDone(db, ['b', 'c']);
  assert.deepEqual(pendingResolutions(db), ['a']);
});
