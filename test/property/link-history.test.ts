// A history of links that stops and starts is one that never did: whatever comes, and wherever it is cut, the database holds the same in the
// end, whether registry and data change while it runs or while it is stopped. Streams in which links are learnt, accused, known by age,
// forgotten, given up for room, and come with first RIB dumps.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { figures, policy, reference, Story } from '../support/event-builder.js';
import { temporaryFolder } from '../support/registry-database.js';
import { SECOND } from '../../src/ip/event-time.js';
import { type ReferenceData } from '../../src/detection/reference-data.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { openDatabase } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';

const PREFIXES = ['203.0.113.0/24', '198.51.100.0/24'];
const TAILS = [
  '64500 64496',
  '64505 64500 64496',
  '64511 64500 64496',
  '64505 64511 64500 64496',
  '64506 64511 64500 64496',
  '64506 64505 64500 64496',
  '64506 64511 64505 64496',
  '64511 64500 64497',
];
const detection = figures({
  forgedPath: { learnFor: 100 * SECOND, knownAfter: 400 * SECOND, maxLinks: 11 },
  lifecycle: { reopenWithin: 200 * SECOND, residualAfter: 300 * SECOND, residualShare: 0.5 },
});
const POLICIES = [
  PREFIXES.map((prefix) => policy(prefix)),
  PREFIXES.map((prefix) => policy(prefix, { origins: [64496, 64497] })),
];
const DATA: readonly ReferenceData[] = [
  reference({ aspas: { 64500: [64505] }, version: 'before' }),
  reference({ relationships: ['64511|64506|0'], version: 'after' }),
];

const action = fc.record({
  step: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(0, 1, 10) },
    { weight: 2, arbitrary: fc.constantFrom(61, 120, 201) },
    { weight: 1, arbitrary: fc.constantFrom(410) },
  ),
  kind: fc.constantFrom(
    'announce',
    'announce',
    'announce',
    'announce',
    'announce',
    'withdraw',
    'down',
    'dump' as const,
  ),
  peer: fc.integer({ min: 1, max: 4 }),
  prefix: fc.constantFrom(...PREFIXES),
  tail: fc.constantFrom(...TAILS),
  malformed: fc.constantFrom(false, false, false, false, true),
});

/** Peers 1 to 3 have a dump at the beginning, and the time of learning is over; peer 4 has one when it comes. */
const stream = fc.array(action, { minLength: 5, maxLength: 40 }).map((actions) => {
  const story = new Story();
  const dump = (seconds: number, peers: readonly number[], tail: string): void => {
    story.ribBegin(seconds, `d${seconds}`, null);
    for (const peer of peers) story.rib(seconds, peer, `d${seconds}`, PREFIXES[0], `${65000 + peer} ${tail}`);
    story.ribEnd(seconds, `d${seconds}`, peers);
  };
  dump(0, [1, 2, 3], TAILS[0]);
  let seconds = 99;
  for (const { step, kind, peer, prefix, tail, malformed } of actions) {
    seconds += step;
    if (kind === 'announce') story.announce(seconds, peer, prefix, `${65000 + peer} ${tail}`, { malformed });
    else if (kind === 'withdraw') story.withdraw(seconds, peer, prefix);
    else if (kind === 'down') story.session('down', seconds, peer);
    else dump(seconds, [peer], tail);
  }
  return story.events;
});

interface Run {
  readonly restarts: readonly number[];
  /** Index of the event before which registry and data change. */
  readonly changeAt: number;
}

interface Held {
  readonly links: unknown[];
  readonly incidents: readonly { readonly data: string }[];
  readonly rest: unknown[];
}

function play(path: string, events: readonly RouteEvent[], { restarts, changeAt }: Run): Held {
  const db = openDatabase(path, { create: true });
  db.pragma('synchronous = OFF'); // no power is cut here
  const start = (generation: number): Pipeline =>
    new Pipeline({
      store: new SqliteStore(db),
      policies: POLICIES[generation - 1],
      generation,
      figures: detection,
      reference: DATA[generation - 1],
    });
  let pipeline = start(1);
  events.forEach((event, index) => {
    const restart = restarts.includes(index);
    if (restart) pipeline.commit([]);
    if (restart) pipeline = start(index >= changeAt ? 2 : 1);
    else if (index === changeAt) pipeline.reconfigure(POLICIES[1], 2, DATA[1]);
    if (pipeline.isFull(event.order)) pipeline.commit([]);
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
  });
  pipeline.engine.advance(events[events.length - 1].order, true);
  pipeline.commit([]);
  const all = <T>(sql: string): T[] => db.prepare<[], T>(sql).all();
  const held = {
    links: all('SELECT * FROM link_history ORDER BY a, b'),
    incidents: all<{ data: string }>('SELECT data, active FROM incidents ORDER BY id'),
    rest: [
      ...all('SELECT * FROM engine_state ORDER BY key'),
      ...all('SELECT * FROM routes ORDER BY session_id, prefix, path_id'),
      ...all('SELECT * FROM monitor_rows ORDER BY monitor, key'),
    ],
  };
  db.close();
  return held;
}

test('Pipeline holds the same links and incidents however often it is stopped and started again', (context) => {
  const folder = temporaryFolder(context);
  const met = new Set<string>();
  let runs = 0;
  const cuts = fc.uniqueArray(fc.nat(50), { maxLength: 6 });
  fc.assert(
    fc.property(stream, cuts, fc.nat(60), (events, restarts, changeAt) => {
      const path = join(folder, `${runs++}`);
      const calm = play(`${path}a`, events, { restarts: [], changeAt });
      assert.deepEqual(play(`${path}b`, events, { restarts, changeAt }), calm);
      assert.deepEqual(play(`${path}c`, events, { restarts: [...restarts, changeAt], changeAt }), calm);
      for (const { data } of calm.incidents) {
        const { type, reason, settledAt } = JSON.parse(data) as { type: string; reason: string; settledAt?: number };
        if (type === 'forged-path') met.add(settledAt === undefined ? reason : 'settled');
      }
    }),
    { seed: 8, numRuns: 60, endOnFailure: true },
  );
  for (const end of ['withdrawn', 'settled', 'reconfigured'])
    assert.ok(met.has(end), `${end} is met: ${[...met].join()}`);
});
