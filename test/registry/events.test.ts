import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { type Database } from '../../src/registry/database.js';
import { type EventFilter, listEvents } from '../../src/registry/events.js';
import { temporaryDatabase } from '../support/registry-database.js';

const COLUMNS = '(at, type, level, connection, registered_prefix, prefix, summary, description)';

/** Events as [time, type, connection, registered prefix, prefix], stored in this order. */
const stored: readonly (readonly [number, string, string, string, string])[] = [
  [20, 'PrefixWithdrawalEvent', 'hq', '203.0.113.0/24', '203.0.113.0/24'],
  [10, 'PrefixMoreSpecificEvent', 'hq', '203.0.113.0/24', '203.0.113.128/25'],
  [10, 'PrefixMoreSpecificEvent', 'hq', '203.0.113.0/24', '203.0.113.0/25'],
  [10, 'PrefixAnnouncementEvent', 'hq', '203.0.113.0/24', '203.0.113.0/24'],
  [10, 'PrefixAnnouncementEvent', 'branch', '198.51.100.0/24', '198.51.100.0/24'],
];

function told(context: TestContext): Database {
  const db = temporaryDatabase(context);
  const insert = db.prepare(`INSERT INTO events ${COLUMNS} VALUES (?, ?, 'Information', ?, ?, ?, 's', 'd')`);
  for (const event of stored) insert.run(...event);
  return db;
}

const list = (db: Database, filter: EventFilter = {}) =>
  [...listEvents(db, filter)].map(({ at, type, prefix }) => `${at} ${type} ${prefix}`);

suite('listEvents', () => {
  test('listEvents orders by time, registeredPrefix, type, prefix', (context) => {
    assert.deepEqual(list(told(context)), [
      '10 PrefixAnnouncementEvent 198.51.100.0/24',
      '10 PrefixAnnouncementEvent 203.0.113.0/24',
      '10 PrefixMoreSpecificEvent 203.0.113.0/25',
      '10 PrefixMoreSpecificEvent 203.0.113.128/25',
      '20 PrefixWithdrawalEvent 203.0.113.0/24',
    ]);
  });

  const filters: readonly (readonly [string, EventFilter, number])[] = [
    ['registered prefix', { prefix: '203.0.113.0/24' }, 4],
    ['announced prefix', { prefix: '203.0.113.128/25' }, 1],
    ['connection', { connection: 'branch' }, 1],
    ['type', { type: 'PrefixAnnouncementEvent' }, 2],
    ['from, inclusive', { from: 20 }, 1],
    ['to, exclusive', { to: 20 }, 4],
    [
      'all of them together',
      { prefix: '203.0.113.0/24', connection: 'hq', type: 'PrefixAnnouncementEvent', from: 10, to: 11 },
      1,
    ],
  ];
  for (const [name, filter, count] of filters) {
    test(`listEvents filters by ${name}`, (context) => {
      assert.equal(list(told(context), filter).length, count);
    });
  }

  test('listEvents gives every field of an event', (context) => {
    const [event] = listEvents(told(context));
    assert.deepEqual(event, {
      at: 10,
      type: 'PrefixAnnouncementEvent',
      level: 'Information',
      connection: 'branch',
      registeredPrefix: '198.51.100.0/24',
      prefix: '198.51.100.0/24',
      summary: 's',
      description: 'd',
    });
  });
});
