// Sessions by key and by address (detection.md section 1).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { namesSession, type Session, SessionTable } from '../../src/rib/session.js';
import { peerRef } from '../support/event-builder.js';

suite('SessionTable', () => {
  test('SessionTable.resolve makes a session once a key: collector, address and AS', () => {
    const table = new SessionTable();
    const first = table.resolve(peerRef(1), 5);
    assert.equal(table.resolve(peerRef(1), 9), first);
    const others = [
      table.resolve(peerRef({ peerAs: 65002 }), 5),
      table.resolve(peerRef({ peerAddress: '192.0.2.9' }), 5),
      table.resolve(peerRef({ collector: 'rrc01' }), 5),
    ];
    assert.deepEqual(
      [first, ...others].map(({ id }) => id),
      [1, 2, 3, 4],
    );
    assert.equal(first.up, false);
  });

  for (const peerAs of [0, 23456]) {
    test(`SessionTable.find takes AS ${peerAs} for the session at the address that was heard last`, () => {
      const table = new SessionTable();
      const older = table.resolve(peerRef({ peerAs: 65001 }), 5);
      const newer = table.resolve(peerRef({ peerAs: 65002 }), 9);
      assert.equal(table.find(peerRef({ peerAs })), newer);
      older.lastRecordAt = 20;
      assert.equal(table.find(peerRef({ peerAs })), older);
      assert.equal(table.find(peerRef({ peerAs, collector: 'rrc01' })), undefined);
    });
  }

  test('SessionTable.find does not take another AS for a known one', () => {
    const table = new SessionTable();
    table.resolve(peerRef({ peerAs: 65001 }), 5);
    assert.equal(table.find(peerRef({ peerAs: 65002 })), undefined);
  });

  test('SessionTable.at is every session at the address, whatever its AS, none at an unspecified one', () => {
    const table = new SessionTable();
    table.resolve(peerRef({ peerAs: 65001 }), 5);
    table.resolve(peerRef({ peerAs: 65002 }), 5);
    table.resolve(peerRef({ peerAddress: '0.0.0.0' }), 5);
    assert.equal(table.at(peerRef({ peerAs: 0 })).length, 2);
    assert.deepEqual(table.at(peerRef({ peerAddress: '0.0.0.0' })), []);
    assert.deepEqual(table.at(peerRef({ peerAddress: '::' })), []);
  });

  test('SessionTable.load goes on numbering behind what it loaded', () => {
    const before = new SessionTable();
    before.resolve(peerRef(1), 5);
    before.resolve(peerRef(2), 5);
    const table = new SessionTable();
    table.load(JSON.parse(JSON.stringify([...before.all])) as Session[]);
    assert.deepEqual([...table.all], [...before.all]);
    assert.equal(table.resolve(peerRef(1), 9).id, 1);
    assert.equal(table.resolve(peerRef(3), 9).id, 3);
    assert.equal(table.byId(2)?.peerAs, 65002);
  });
});

test('namesSession is false of AS 0, AS_TRANS and unspecified addresses', () => {
  const named = [{}, { peerAs: 0 }, { peerAs: 23456 }, { peerAddress: '0.0.0.0' }, { peerAddress: '::' }];
  assert.deepEqual(
    named.map((peer) => namesSession(peerRef(peer))),
    [true, false, false, false, false],
  );
});
