// Batches: when they are full, what a commit hands over, and a registry that changed between two runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { type PrefixPolicy } from '../../src/detection/policy.js';
import { nothingStored, Pipeline } from '../../src/pipeline/pipeline.js';
import { type Batch, type Store } from '../../src/pipeline/store.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { at, policy, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const R = '203.0.113.0/24';

function pipelineOn(store: Store, policies: readonly PrefixPolicy[] = [policy(R)], generation = 1, maxChanges = 3) {
  const batches: Batch[] = [];
  const options = { store, policies, generation, figures: defaultFigures, maxChanges };
  return { pipeline: new Pipeline({ ...options, onCommit: (batch) => batches.push(batch) }), batches };
}

test('Pipeline.isFull is true at the limit of route changes', () => {
  const { pipeline } = pipelineOn(nothingStored);
  const story = new Story();
  for (let peer = 1; peer <= 3; peer++) story.announce(10, peer, R, '64500 64496');
  const full = story.events.map((event) => {
    pipeline.apply(event);
    return pipeline.isFull(event.order);
  });
  assert.deepEqual(full, [false, false, true]);
  pipeline.commit([]);
  assert.equal(pipeline.isFull(at(10)), false);
});

test('Pipeline.isFull is true after 1 s of event time', () => {
  const { pipeline } = pipelineOn(nothingStored);
  assert.equal(pipeline.isFull(at(10_000)), false);
  for (const event of new Story().announce(10, 1, R, '64500 64496').events) pipeline.apply(event);
  assert.equal(pipeline.isFull(at(10.999999)), false);
  assert.equal(pipeline.isFull(at(11)), true);
});

test('Pipeline.commit hands over each change once, with the events of the batch', () => {
  const { pipeline, batches } = pipelineOn(nothingStored);
  for (const event of new Story().announce(10, 1, R, '64500 64496').events) pipeline.apply(event);
  assert.deepEqual(
    pipeline.commit([]).map(({ type }) => type),
    ['PrefixAnnouncementEvent'],
  );
  assert.deepEqual(pipeline.commit([]), []);
  const sizes = batches.map(({ routes, sessions, events }) => [[...routes].length, sessions.length, events.length]);
  assert.deepEqual(sizes, [
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test('Pipeline judges stored routes anew where the registry changed between two runs', (context) => {
  const db = temporaryDatabase(context);
  const { pipeline } = pipelineOn(new SqliteStore(db));
  for (const event of new Story().announce(10, 1, R, '65001 64511').events) {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  }
  pipeline.commit([]);
  const after = pipelineOn(new SqliteStore(db), [policy(R, { origins: [64511] })], 2);
  after.pipeline.commit([]);
  const [incident] = after.batches[0].incidents.map((one) => one.incident);
  assert.deepEqual([incident.state, incident.reason, incident.offender], ['resolved', 'reconfigured', '64511']);
});

test('Pipeline leaves everything as it is where the registry did not change', (context) => {
  const db = temporaryDatabase(context);
  const { pipeline } = pipelineOn(new SqliteStore(db));
  for (const event of new Story().announce(10, 1, R, '65001 64511').events) pipeline.apply(event);
  pipeline.commit([]);
  const after = pipelineOn(new SqliteStore(db));
  after.pipeline.commit([]);
  assert.deepEqual(after.batches[0].incidents, []);
});
