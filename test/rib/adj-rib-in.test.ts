// The table of routes against a plain map, and its two ways in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, SegmentType } from '../../src/bgp/as-path.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { AdjRibIn, type Route } from '../../src/rib/adj-rib-in.js';
import { SessionTable } from '../../src/rib/session.js';
import { peerRef } from '../support/event-builder.js';

const sessions = new SessionTable();
const session = (n: number) => sessions.resolve(peerRef(n), 0);
const prefixes = ['203.0.113.0/24', '203.0.113.0/25', '2001:db8::/32'].map((text) => parsePrefix(text));

function route(peer: number, prefix: Prefix, pathId: number, tag: number): Route<number> {
  const path = [{ type: SegmentType.AS_SEQUENCE, asns: [peer, 1 + (tag % 3)] }];
  const plain = { path, pathText: formatPath(path), internalAs: null, attributes: '', malformed: false, at: 0 };
  const place = { file: `f${tag % 2}`, dump: null, fromRib: false };
  return { ...plain, ...place, session: session(peer), prefix, pathId, record: tag, offset: 0, carried: [tag] };
}

const step = fc.record({
  put: fc.boolean(),
  peer: fc.integer({ min: 1, max: 3 }),
  prefix: fc.constantFrom(...prefixes),
  pathId: fc.nat(1),
});

test('AdjRibIn equals a plain map under any puts and deletes, by session and by prefix', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const table = new AdjRibIn<number>();
      const plain = new Map<string, Route<number>>();
      steps.forEach(({ put, peer, prefix, pathId }, index) => {
        const key = `${peer} ${prefix.toString()} ${pathId}`;
        const made = route(peer, prefix, pathId, index);
        if (put) {
          table.put(made);
          plain.set(key, made);
        } else {
          assert.deepEqual(table.delete(made.session, prefix, pathId), plain.get(key));
          plain.delete(key);
        }
        assert.deepEqual(table.get(made.session, prefix, pathId), plain.get(key));
      });
      const tags = (routes: Iterable<Route<number>>) =>
        [...routes].flatMap(({ carried }) => carried).sort((a, b) => a - b);
      const all = [...plain.values()];
      assert.equal(table.size, all.length);
      assert.deepEqual(tags(table.all()), tags(all));
      for (const prefix of prefixes) {
        assert.deepEqual(tags(table.at(prefix)), tags(all.filter((one) => one.prefix.equals(prefix))));
      }
      for (const peer of [1, 2, 3]) {
        const ofPeer = all.filter((one) => one.session === session(peer));
        assert.deepEqual(tags(table.ofSession(session(peer))), tags(ofPeer));
        assert.equal(table.countOf(session(peer)), ofPeer.length);
      }
    }),
    { seed: 31 },
  );
});

test('AdjRibIn.ofSession is a copy: its reader may delete while walking', () => {
  const table = new AdjRibIn<number>();
  prefixes.forEach((prefix, index) => table.put(route(1, prefix, 0, index)));
  for (const one of table.ofSession(session(1))) table.delete(one.session, one.prefix, one.pathId);
  assert.equal(table.size, 0);
});

test('AdjRibIn.ofSessions gives the older routes, session after session, each in order of prefix and path id', () => {
  const table = new AdjRibIn<number>();
  for (const [peer, prefix, pathId, at] of [
    [1, 2, 0, 5],
    [1, 0, 1, 5],
    [1, 0, 0, 5],
    [2, 1, 0, 9],
    [2, 0, 0, 10],
    [3, 0, 0, 1],
  ] as const)
    table.put({ ...route(peer, prefixes[prefix], pathId, 0), at });
  const found = table.ofSessions(new Set([session(2), session(1)]), 10);
  assert.deepEqual(
    found.map((one) => [one.session.id, prefixes.indexOf(one.prefix), one.pathId]),
    [
      [session(2).id, 1, 0],
      [session(1).id, 0, 0],
      [session(1).id, 0, 1],
      [session(1).id, 2, 0],
    ],
  );
});

test('AdjRibIn keeps times, offsets and path ids of any size that records can have', () => {
  const table = new AdjRibIn<number>();
  const large = { ...route(1, prefixes[0], 0xffff_ffff, 0), at: 4_294_967_295_999_999, offset: 2 ** 43 + 1 };
  const made = { ...large, record: 0xffff_ffff, file: 'updates.gz', dump: 'd', fromRib: true, carried: [] };
  table.put(made);
  assert.deepEqual(table.get(made.session, made.prefix, made.pathId), made);
});

test('AdjRibIn.takeChanges tells what was put and what was deleted, a row that was used again too, and what was restored not', () => {
  const table = new AdjRibIn<number>();
  const [a, b] = [route(1, prefixes[0], 0, 0), route(2, prefixes[1], 0, 1)];
  table.restore(a);
  assert.equal(table.changes, 0);
  table.delete(a.session, a.prefix, a.pathId);
  table.put(b); // takes the row of the other
  assert.equal(table.changes, 2);
  const { changed, removed } = table.takeChanges();
  assert.deepEqual([...changed], [b]);
  assert.deepEqual(removed, [{ session: a.session.id, prefix: a.prefix.toString(), pathId: 0 }]);
  assert.deepEqual([...table.takeChanges().changed], []);
});
