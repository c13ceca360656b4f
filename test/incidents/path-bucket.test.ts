// The event of a bucket of path changes: sessions, classes, commonest new path (detection.md section 4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPathChange, newPathBucket, pathChangeEvent, suppressedEvent } from '../../src/incidents/path-bucket.js';
import { at, policy, secondsOf } from '../support/event-builder.js';

const R = policy('203.0.113.0/24');

test('pathChangeEvent stands at the first change and counts sessions, changes and classes, gravest class first', () => {
  const made = newPathBucket(R, '203.0.113.0/24', at(7));
  addPathChange(made, 1, 'attributes', '1 2');
  addPathChange(made, 2, 'transit', '1 3 2');
  addPathChange(made, 1, 'transit', '1 3 2');
  const event = pathChangeEvent(made, R, 60);
  assert.deepEqual([secondsOf(event.at), event.type, event.level], [7, 'PathChangeEvent', 'Information']);
  assert.equal(event.summary, '2 sessions changed path to 203.0.113.0/24');
  assert.match(
    event.description,
    /3 path changes on 2 sessions within 60 s: transit 2, attributes 1; commonest new path: 1 3 2\./,
  );
});

test('pathChangeEvent breaks a tie of paths by the shortest, then the lexically first', () => {
  const made = newPathBucket(R, '203.0.113.0/24', at(7));
  for (const path of ['9 8 7 6', '5 4', '1 2', '3 2 1']) addPathChange(made, 1, 'transit', path);
  assert.match(pathChangeEvent(made, R, 60).description, /commonest new path: 1 2\./);
});

test('addPathChange keeps at most 256 paths and counts the others', () => {
  const made = newPathBucket(R, '203.0.113.0/24', at(7));
  for (let n = 0; n < 300; n++) addPathChange(made, 1, 'transit', `${n}`);
  assert.equal(Object.keys(made.paths).length, 256);
  assert.equal(made.otherPaths, 44);
  assert.equal(made.changes, 300);
});

test('suppressedEvent tells the number, at the first that was suppressed', () => {
  const hour = { registeredPrefix: '203.0.113.0/24', since: at(0), told: 60, suppressed: 5, firstSuppressedAt: at(90) };
  const event = suppressedEvent(hour, R);
  assert.equal(event.summary, 'suppressed: 5');
  assert.equal(secondsOf(event.at), 90);
});
