import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPath } from '../../src/bgp/as-path.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Database } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { changesAfter, knownPrefixes, routesTo } from '../../src/registry/route-history.js';
import { openRouteLog, pruneRouteLog, routeLogSince } from '../../src/registry/route-log.js';
import { at, policy, secondsOf, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const R = '203.0.113.0/24';

/** Plays a story into the database, with or without a log. */
function play(db: Database, { events }: Story, { isKept = true, policies = [policy(R)] } = {}): Pipeline {
  const routeLog = openRouteLog(db, isKept);
  const options = { store: new SqliteStore(db), generation: 1, figures: defaultFigures, routeLog };
  const pipeline = new Pipeline({ ...options, policies });
  for (const event of events) {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  }
  pipeline.commit([]);
  return pipeline;
}

const rows = (db: Database, table = 'route_log'): number =>
  Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

/** `second cause: path replaced` of every change. */
function logged(db: Database, prefix = R): readonly string[] {
  return changesAfter(db, parsePrefix(prefix), -1).map(
    ({ at: time, cause, before }) =>
      `${secondsOf(time)} ${cause}: ${before === null ? 'nothing' : formatPath(before.path)}`,
  );
}

const pathsAt = (db: Database, seconds: number | null): readonly string[] =>
  routesTo(db, parsePrefix(R), seconds === null ? null : at(seconds)).map(({ path }) => formatPath(path));

test('the log has a row for what an announcement, a withdrawal and a lost session change, and none for what they repeat', (context) => {
  const db = temporaryDatabase(context);
  const story = new Story()
    .announce(0, 1, R, '65001 64500 64496')
    .announce(5, 1, R, '65001 64500 64496')
    .announce(10, 1, R, '65001 64511')
    .announce(11, 1, R, '65001 64511', { attributes: 'med' })
    .withdraw(20, 1, R)
    .withdraw(21, 1, R)
    .announce(30, 1, R, '65001 64500 64496')
    .session('down', 40, 1);
  play(db, story);
  assert.deepEqual(logged(db), [
    '0 announce: nothing',
    '10 announce: 65001 64500 64496',
    '11 announce: 65001 64511',
    '20 withdraw: 65001 64511',
    '30 announce: nothing',
    '40 session-loss: 65001 64500 64496',
  ]);
  assert.deepEqual(
    [-1, 7, 10, 19, 20, 39, 40].map((seconds) => pathsAt(db, seconds).join()),
    ['', '65001 64500 64496', '65001 64511', '65001 64511', '', '65001 64500 64496', ''],
  );
});

test('the first RIB dump of a session is one fact and no row a route; the second has rows for what it changes and removes', (context) => {
  const db = temporaryDatabase(context);
  const dump = (story: Story, seconds: number, name: string, paths: readonly (string | null)[]): Story => {
    story.ribBegin(seconds, name, [1, 2, 3]);
    paths.forEach((path, index) => (path === null ? story : story.rib(seconds, index + 1, name, R, path)));
    return story.ribEnd(seconds + 1, name, [1, 2, 3]);
  };
  const story = new Story().announce(0, 2, R, '65002 64500 64496');
  dump(story, 100, 'a', ['65001 64500 64496', '65002 64500 64496', '65003 64500 64496']);
  dump(story, 900, 'b', ['65001 64500 64496', '65002 64511', null]);
  play(db, story);
  assert.deepEqual(logged(db), [
    '0 announce: nothing',
    '100 bootstrap: 65002 64500 64496',
    '900 rib: 65002 64500 64496',
    '900 rib: 65003 64500 64496',
  ]);
  assert.equal(rows(db, 'route_log_bootstraps'), 3);
  assert.deepEqual(pathsAt(db, 50), ['65002 64500 64496']);
  assert.equal(pathsAt(db, 100).length, 3);
  assert.deepEqual(pathsAt(db, 901).toSorted(), ['65001 64500 64496', '65002 64511']);
});

test('a log begun on a database with a table reaches back to its watermark, and takes the next dump of a known session for no bootstrap', (context) => {
  const db = temporaryDatabase(context);
  play(db, new Story().ribBegin(0, 'a', [1]).rib(0, 1, 'a', R, '65001 64496').ribEnd(1, 'a', [1]), { isKept: false });
  assert.equal(routeLogSince(db), null);
  const later = new Story({ input: 'later' });
  later.ribBegin(100, 'b', [1]).rib(100, 1, 'b', R, '65001 64496').ribEnd(101, 'b', [1]);
  play(db, later.announce(200, 1, R, '65001 64511'));
  assert.equal(routeLogSince(db), at(1));
  assert.deepEqual(logged(db), ['200 announce: 65001 64496']);
  assert.deepEqual(pathsAt(db, 50), ['65001 64496']);
});

test('a log that is switched off is deleted: with a hole it would tell tables that never were', (context) => {
  const db = temporaryDatabase(context);
  play(db, new Story().announce(0, 1, R, '65001 64496').withdraw(1, 1, R));
  assert.equal(rows(db), 2);
  openRouteLog(db, false);
  const tables = ['route_log', 'route_log_texts', 'route_log_prefixes', 'route_log_bootstraps'];
  assert.deepEqual(
    tables.map((table) => rows(db, table)),
    [0, 0, 0, 0],
  );
  assert.equal(routeLogSince(db), null);
});

test('routes of a prefix that is registered no more leave the table, and the log says so', (context) => {
  const db = temporaryDatabase(context);
  const pipeline = play(db, new Story().announce(0, 1, R, '65001 64496'));
  pipeline.reconfigure([policy('198.51.100.0/24')], 2);
  pipeline.commit([]);
  assert.deepEqual(logged(db), ['0 announce: nothing', '0 unregistered: 65001 64496']);
});

test('pruneRouteLog deletes from the front by age and by number, says what the rest reaches back to, and keeps the texts it needs', (context) => {
  const db = temporaryDatabase(context);
  const story = new Story();
  for (let step = 0; step < 3000; step++) story.announce(step, 1, R, `65001 ${64500 + (step % 7)} 64496`);
  play(db, story);
  assert.equal(pruneRouteLog(db, { before: at(-1), maxRows: 5000 }), 0);
  assert.equal(pruneRouteLog(db, { before: at(100), maxRows: 5000 }), 100);
  assert.equal(routeLogSince(db), at(99));
  assert.deepEqual(pathsAt(db, 99), ['65001 64501 64496']); // 99 = 14 x 7 + 1
  assert.equal(pruneRouteLog(db, { before: at(0), maxRows: 1500 }), 1400);
  assert.equal(routeLogSince(db), at(1499));
  assert.deepEqual(pathsAt(db, 1499), ['65001 64501 64496']); // 1499 = 214 x 7 + 1
  assert.equal(pruneRouteLog(db, { before: at(9999), maxRows: 1500 }), 1499, 'the last row stays: numbers only ascend');
  assert.deepEqual(pathsAt(db, 2998), ['65001 64502 64496']); // 2998 = 428 x 7 + 2
  assert.equal(knownPrefixes(db, () => true).length, 1);
});

test('a batch that fails leaves no row of the log', (context) => {
  const db = temporaryDatabase(context);
  db.exec(`CREATE TRIGGER fails BEFORE INSERT ON files BEGIN SELECT RAISE(ABORT, 'no'); END`);
  const pipeline = play(db, new Story());
  for (const event of new Story().announce(0, 1, R, '65001 64496').events) pipeline.apply(event);
  const file = { collector: 'c', identity: 'i', name: 'n', firstTime: 0, lastTime: 0, records: 1, offset: 1 };
  const progress = { ...file, frontier: null, complete: true, storedBytes: null, damage: null };
  assert.throws(() => pipeline.commit([progress]), /no/);
  assert.deepEqual([rows(db), rows(db, 'route_log_texts'), rows(db, 'route_log_prefixes')], [0, 0, 0]);
});
