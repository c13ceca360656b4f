// The log of route changes against the table itself: whatever happened, the tables that the log tells of are those that stood there. The
// second path is a copy of the whole table after every instant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultFigures } from '../../src/detection/figures.js';
import { type EventTime } from '../../src/ip/event-time.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Database, openDatabase } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { knownPrefixes, routesTo } from '../../src/registry/route-history.js';
import { openRouteLog, pruneRouteLog, routeLogSince } from '../../src/registry/route-log.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { randomPolicies, randomStory } from '../support/random-events.js';

type Row = Pick<
  ReturnType<typeof routesTo>[number],
  'session' | 'prefix' | 'pathId' | 'path' | 'attributes' | 'malformed'
>;

const textOf = ({ session, prefix, pathId, path, attributes, malformed }: Row): string =>
  JSON.stringify([session, prefix, pathId, path, attributes, malformed]);

function tableOf({ engine }: Pipeline): readonly string[] {
  return [...engine.routes.all()]
    .map((route) => textOf({ ...route, session: route.session.id, prefix: route.prefix.toString() }))
    .sort();
}

function toldBy(db: Database, at: EventTime | null): readonly string[] {
  return knownPrefixes(db, () => true)
    .flatMap((prefix) => routesTo(db, prefix, at).map(textOf))
    .sort();
}

/** A dump's removals are dated to its beginning and known at its end: between the two the table is not yet what it will have been. */
function isWithinDump(events: readonly RouteEvent[], at: EventTime): boolean {
  const begun = events.filter((event) => event.kind === 'rib-begin' && event.at <= at).length;
  return begun > events.filter((event) => event.kind === 'rib-end' && event.at <= at).length;
}

/** The story in a new database, a commit and now and then another pipeline on it behind each event; and the table after each instant. */
function played(db: Database, events: readonly RouteEvent[], restarts: number): Map<EventTime, readonly string[]> {
  const open = (): Pipeline =>
    new Pipeline({
      store: new SqliteStore(db),
      policies: randomPolicies(),
      generation: 1,
      figures: defaultFigures,
      routeLog: openRouteLog(db, true),
    });
  let pipeline = open();
  const tables = new Map<EventTime, readonly string[]>();
  events.forEach((event, index) => {
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
    pipeline.commit([]);
    if (restarts > 0 && index % restarts === 0) pipeline = open();
    tables.set(event.at, tableOf(pipeline));
  });
  return tables;
}

test('the route log tells the table of every instant, restarts in between or not, and so does what retention leaves of it', () => {
  fc.assert(
    fc.property(randomStory, fc.nat(4), ({ events }, restarts) => {
      fc.pre(events.every(({ at, order }) => at === order));
      const db = openDatabase(':memory:', { create: true });
      try {
        const tables = played(db, events, restarts);
        assert.deepEqual(toldBy(db, null), [...tables.values()].at(-1));
        for (const maxRows of [Infinity, 5]) {
          pruneRouteLog(db, { before: 0, maxRows });
          const since = routeLogSince(db)!;
          for (const [at, table] of tables) {
            if (at >= since && !isWithinDump(events, at)) assert.deepEqual(toldBy(db, at), table);
          }
        }
      } finally {
        db.close();
      }
    }),
    { numRuns: 150 },
  );
});
