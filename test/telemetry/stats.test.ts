// The counters themselves: what exists at 0, and in which bucket a duration lands.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LEVELS as DETECTION_LEVELS } from '../../src/detection/finding.js';
import { PREFIX_EVENT_LEVELS } from '../../src/incidents/prefix-event.js';
import {
  EVENT_TYPES,
  LEVELS,
  createStats,
  observe,
  sessionStats,
  sourceStats,
  tally,
} from '../../src/telemetry/stats.js';

test('createStats has 21 incident types and 10 event types, each at four levels, all 0', () => {
  const stats = createStats();
  assert.equal(Object.keys(stats.incidentsOpen).length, 21);
  assert.equal(Object.keys(stats.incidentsOpened).length, 21);
  assert.equal(Object.keys(stats.events).length, 10);
  for (const levels of [...Object.values(stats.incidentsOpen), ...Object.values(stats.events)]) {
    assert.deepEqual(levels, { Information: 0, Warning: 0, Error: 0, Critical: 0 });
  }
});

test('createStats shares no counter between two incident types', () => {
  const stats = createStats();
  stats.incidentsOpen.squatting.Critical += 1;
  assert.equal(stats.incidentsOpen['origin-hijack'].Critical, 0);
});

test('sourceStats makes a source once and its sessions with it', () => {
  const stats = createStats();
  sourceStats(stats, 'rrc00').records.BGP4MP += 2;
  assert.equal(sourceStats(stats, 'rrc00').records.BGP4MP, 2);
  assert.deepEqual([...stats.sessions], [['rrc00', { up: 0, down: 0 }]]);
  sessionStats(stats, 'rrc00').up = 3;
  sourceStats(stats, 'rrc00');
  assert.equal(sessionStats(stats, 'rrc00').up, 3);
});

test('observe puts a value into the first bucket whose bound it does not exceed', () => {
  const { batch } = createStats();
  observe(batch, 0.0001); // le 0.0001: a bound belongs to its bucket
  observe(batch, 0.0002); // le 0.0005
  observe(batch, 11); // above 10
  assert.deepEqual(batch.counts, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal(batch.sum, 11.0003);
});

test('observe counts every value exactly once', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (values) => {
      const { commit } = createStats();
      for (const value of values) observe(commit, value);
      commit.bounds.forEach((bound, index) => {
        const cumulative = commit.counts.slice(0, index + 1).reduce((a, b) => a + b, 0);
        assert.equal(cumulative, values.filter((value) => value <= bound).length);
      });
      assert.equal(
        commit.counts.reduce((a, b) => a + b, 0),
        values.length,
      );
    }),
  );
});

test('tally has every key at 0', () => {
  assert.deepEqual(tally(['a', 'b']), { a: 0, b: 0 });
});

test('EVENT_TYPES and LEVELS are those that the incidents and the rules use', () => {
  assert.deepEqual([...EVENT_TYPES].sort(), Object.keys(PREFIX_EVENT_LEVELS).sort());
  assert.deepEqual(LEVELS, DETECTION_LEVELS);
});
