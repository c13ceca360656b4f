import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { formatPath } from '../../src/bgp/as-path.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type FileProgress } from '../../src/pipeline/store.js';
import { type Database } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { collectorHealth, prefixConditions, relatedRoutes } from '../../src/registry/routes.js';
import { at, policy, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const HQ = '203.0.113.0/24';

function file(collector: string, name: string, parts: Partial<FileProgress>): FileProgress {
  const nothing = { firstTime: 0, lastTime: null, records: 0, offset: 0, frontier: null, complete: true };
  return { collector, identity: `${name}@0`, name, ...nothing, storedBytes: null, damage: null, ...parts };
}

/** A database in which a real pipeline has stored what the story left. */
function stored(context: TestContext, story: Story, files: readonly FileProgress[] = []): Database {
  const db = temporaryDatabase(context);
  const pipeline = new Pipeline({
    store: new SqliteStore(db),
    policies: [policy(HQ), policy('2001:db8:40::/48')],
    generation: 1,
    figures: defaultFigures,
  });
  for (const event of story.events) {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  }
  pipeline.commit(files);
  return db;
}

test('relatedRoutes gives what covers a prefix, the prefix, and what lies inside, shortest first, then by session', (context) => {
  const other = { collector: 'rrc01', peerAddress: '192.0.2.9', peerAs: 65009 };
  const story = new Story()
    .announce(0, 2, '203.0.113.128/25', '65002 64500 64511')
    .announce(1, other, HQ, '65009 64500 64496')
    .announce(2, 2, HQ, '65002 64500 64496')
    .announce(3, 1, HQ, '65001 64511')
    .announce(4, 1, '203.0.112.0/20', '65001 64502')
    .announce(5, 1, '2001:db8:40::/48', '65001 64500 64496');
  const routes = relatedRoutes(stored(context, story), parsePrefix(HQ));
  assert.deepEqual(
    routes.map((route) => `${route.prefix.toString()} ${route.collector} ${route.peerAs} ${formatPath(route.path)}`),
    [
      '203.0.112.0/20 rrc00 65001 65001 64502',
      '203.0.113.0/24 rrc00 65001 65001 64511',
      '203.0.113.0/24 rrc00 65002 65002 64500 64496',
      '203.0.113.0/24 rrc01 65009 65009 64500 64496',
      '203.0.113.128/25 rrc00 65002 65002 64500 64511',
    ],
  );
  assert.equal(routes[1].at, at(3));
  assert.equal(routes[1].incidents.length, 1);
  assert.deepEqual(routes[2].incidents, []);
});

test('relatedRoutes of an address gives what covers it, and of a prefix that nobody holds nothing', (context) => {
  const db = stored(
    context,
    new Story().announce(0, 1, HQ, '65001 64500 64496').announce(1, 1, '203.0.113.128/25', '65001 64511'),
  );
  const prefixes = (text: string): string[] =>
    relatedRoutes(db, parsePrefix(text)).map(({ prefix }) => prefix.toString());
  assert.deepEqual(prefixes('203.0.113.7/32'), [HQ]);
  assert.deepEqual(prefixes('203.0.113.200/32'), [HQ, '203.0.113.128/25']);
  assert.deepEqual(prefixes('192.0.2.0/24'), []);
});

test('relatedRoutes says what came from a RIB dump', (context) => {
  const story = new Story().ribBegin(0, 'dump', [1]).rib(0, 1, 'dump', HQ, '65001 64500 64496').ribEnd(0, 'dump', [1]);
  assert.deepEqual(
    relatedRoutes(stored(context, story), parsePrefix(HQ)).map(({ fromRib }) => fromRib),
    [true],
  );
});

test('collectorHealth counts sessions up and down, files, what is unfinished and what was damaged, by collector', (context) => {
  const story = new Story()
    .announce(0, 1, HQ, '65001 64500 64496')
    .announce(0, 2, HQ, '65002 64500 64496')
    .session('down', 9, 2);
  const db = stored(context, story, [
    file('rrc00', 'a', { lastTime: 20 }),
    file('rrc00', 'a', { lastTime: 20, identity: 'by its content' }),
    file('rrc00', 'b', { lastTime: 10, complete: false, damage: 'gap' }),
    file('rrc00', 'c', { damage: 'gap' }),
    file('rrc00', 'c', { damage: 'gap', identity: 'by its content too' }),
    file('idle', 'c', {}),
  ]);
  assert.deepEqual(collectorHealth(db), [
    { collector: 'idle', up: 0, down: 0, lastRecordAt: null, files: 1, incomplete: 0, damaged: 0 },
    { collector: 'rrc00', up: 1, down: 1, lastRecordAt: 20, files: 3, incomplete: 1, damaged: 2 },
  ]);
});

test('prefixConditions gives the condition of every prefix that was heard of', (context) => {
  const db = stored(context, new Story().announce(0, 1, HQ, '65001 64500 64496'));
  assert.equal(prefixConditions(db).get(HQ), 'active');
});
