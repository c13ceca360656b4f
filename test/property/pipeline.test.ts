// A pipeline that stops and starts is one that never did: whatever the stream, and wherever it is cut, the database holds the same in the
// end (architecture.md, invariants 1 and 2). And a table is the snapshot of it plus what came after.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { figures, Stage, Story } from '../support/event-builder.js';
import {
  changedPolicies,
  changedReference,
  randomPolicies,
  randomReference,
  randomStory,
} from '../support/random-events.js';
import { temporaryFolder } from '../support/registry-database.js';
import { SECOND } from '../../src/ip/event-time.js';
import { noReferenceData, type ReferenceData } from '../../src/detection/reference-data.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { type Database, openDatabase } from '../../src/registry/database.js';
import { listEvents } from '../../src/registry/events.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';

/** Short waits and small numbers, so that every end of an incident comes about in a short stream. */
const detection = figures({
  pathEvents: { maxPerHour: 2 },
  transfer: { burstMinRoutes: 2 },
  forgedPath: { learnFor: 20 * SECOND, knownAfter: 300 * SECOND, maxLinks: 12 },
  lifecycle: {
    residualShare: 0.5,
    residualAfter: 100 * SECOND,
    unobservedAfter: 300 * SECOND,
    reopenWithin: 200 * SECOND,
  },
});

/** Everything the database holds of the pipeline, rows in an order of their own. */
function contents(db: Database): Record<string, unknown> {
  const all = (sql: string): unknown[] => db.prepare(sql).all();
  return {
    state: all('SELECT * FROM engine_state ORDER BY key'),
    sessions: all('SELECT * FROM sessions ORDER BY id'),
    routes: all('SELECT * FROM routes ORDER BY session_id, prefix, path_id'),
    withdrawn: all('SELECT * FROM withdrawn_routes ORDER BY session_id, prefix, path_id'),
    prefixes: all('SELECT * FROM prefix_states ORDER BY prefix'),
    baseline: all('SELECT * FROM baseline_covers ORDER BY prefix, origin'),
    incidents: all('SELECT * FROM incidents ORDER BY id'),
    evidence: all(`SELECT incident_id, position, at, data, hex(records.bytes) AS bytes FROM evidence
      JOIN raw_records AS records ON records.id = raw_record_id ORDER BY incident_id, position`),
    events: [...listEvents(db)],
    links: all('SELECT * FROM link_history ORDER BY a, b'),
  };
}

interface Run {
  /** Indexes of events before which the pipeline stops and starts again. */
  readonly restarts: readonly number[];
  /** Index of the event before which the registry changes. */
  readonly changeAt: number | null;
  /** Reference data, until and from `changeAt` on. */
  readonly data?: readonly [before: ReferenceData, after: ReferenceData];
  /** Indexes of events before which every incident that is going on is resolved by hand. */
  readonly resolveAt?: readonly number[];
}

/** Plays a stream into a new database. @returns what it holds in the end. */
function play(
  path: string,
  events: readonly RouteEvent[],
  { restarts, changeAt, resolveAt = [], data = [noReferenceData, noReferenceData] }: Run,
): Record<string, unknown> {
  const db = openDatabase(path, { create: true });
  db.pragma('synchronous = OFF'); // no power is cut here
  const [before, after] = [randomPolicies(), changedPolicies()];
  const start = (policies: typeof before, generation: number) =>
    new Pipeline({
      store: new SqliteStore(db),
      policies,
      generation,
      figures: detection,
      reference: data[generation - 1],
    });
  let pipeline = start(before, 1);
  events.forEach((event, index) => {
    const restart = restarts.includes(index);
    if (restart) pipeline.commit([]);
    if (index === changeAt) {
      if (restart) pipeline = start(after, 2);
      else pipeline.reconfigure(after, 2, data[1]);
    } else if (restart) pipeline = start(pipeline.generation === 1 ? before : after, pipeline.generation);
    if (resolveAt.includes(index))
      for (const { id } of [...pipeline.engine.lifecycle.all]) pipeline.engine.resolveByHand(id);
    if (pipeline.isFull(event.order)) pipeline.commit([]);
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  });
  const last = events[events.length - 1];
  pipeline.engine.advance(last.order, true);
  pipeline.commit([]);
  const held = contents(db);
  db.close();
  return held;
}

const cuts = fc.uniqueArray(fc.nat(70), { maxLength: 6 });

test('Pipeline gives the same database however often it is stopped and started again', (context) => {
  const folder = temporaryFolder(context);
  let runs = 0;
  fc.assert(
    fc.property(randomStory, cuts, fc.uniqueArray(fc.nat(60), { maxLength: 1 }), ({ events }, restarts, resolveAt) => {
      const path = join(folder, `${runs++}`);
      const undisturbed = play(`${path}a`, events, { restarts: [], changeAt: null, resolveAt });
      assert.deepEqual(play(`${path}b`, events, { restarts, changeAt: null, resolveAt }), undisturbed);
    }),
    { seed: 5, numRuns: 150 },
  );
});

test('Pipeline gives the same database whether the registry changes while it runs or while it is stopped', (context) => {
  const folder = temporaryFolder(context);
  let runs = 0;
  fc.assert(
    fc.property(randomStory, fc.nat(40), cuts, ({ events }, changeAt, restarts) => {
      const path = join(folder, `${runs++}`);
      const running = play(`${path}a`, events, { restarts: [], changeAt });
      assert.deepEqual(play(`${path}b`, events, { restarts: [...restarts, changeAt], changeAt }), running);
    }),
    { seed: 6, numRuns: 100 },
  );
});

test('Pipeline gives the same database with reference data that changes, while it runs or while it is stopped', (context) => {
  const folder = temporaryFolder(context);
  const data = [randomReference(), changedReference()] as const;
  let runs = 0;
  fc.assert(
    fc.property(randomStory, fc.nat(40), cuts, ({ events }, changeAt, restarts) => {
      const path = join(folder, `${runs++}`);
      const running = play(`${path}a`, events, { restarts: [], changeAt, data });
      assert.deepEqual(play(`${path}b`, events, { restarts, changeAt, data }), running);
      assert.deepEqual(play(`${path}c`, events, { restarts: [...restarts, changeAt], changeAt, data }), running);
    }),
    { seed: 7, numRuns: 100 },
  );
});

/** `session prefix path id: path` of every route, sorted. */
function tableOf({ engine }: Stage): string[] {
  return [...engine.routes.all()]
    .map(
      ({ session, prefix, pathId, pathText }) =>
        `${session.collector} ${session.peerAs} ${prefix.toString()} ${pathId}: ${pathText}`,
    )
    .sort();
}

test('Engine has the table of the whole stream from a RIB dump of its middle and the tail', () => {
  fc.assert(
    fc.property(randomStory, fc.nat(60), ({ events }, cut) => {
      const [head, tail] = [events.slice(0, cut), events.slice(cut)];
      if (head.length === 0 || tail.some(({ kind }) => kind.startsWith('rib'))) return;
      const whole = new Stage(randomPolicies(), detection).play({ events: head });
      const peers = [...whole.engine.sessions.all].filter(({ up }) => up);
      const refs = peers.map(({ collector, peerAddress, peerAs }) => ({ collector, peerAddress, peerAs }));
      const since = head[head.length - 1].order / 1_000_000 - 1_781_593_200;
      const dump = new Story({ input: 'rib', file: 'rib.gz' }).ribBegin(since, 'd', refs);
      for (const { session, prefix, pathText, pathId } of whole.engine.routes.all())
        dump.rib(since, session, 'd', prefix.toString(), pathText, { pathId });
      dump.ribEnd(since, 'd', refs, { afis: [1, 2] });
      const resumed = new Stage(randomPolicies(), detection).play(dump).play({ events: tail });
      whole.play({ events: tail });
      assert.deepEqual(tableOf(resumed), tableOf(whole));
    }),
    { seed: 7, numRuns: 300 },
  );
});
