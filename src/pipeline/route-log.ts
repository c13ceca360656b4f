// What changed in the tables of the registered prefixes, in order, for whoever asks later what stood there at a time. Each change holds
// what it replaced: with the table of now that gives the table of any time back to where the log begins, however much of its beginning
// is deleted. A session's first RIB dump fills its table: one fact instead of a row a route, and a mark on the routes that stood there.

import { type EventTime } from '../ip/event-time.js';
import { type Incident } from '../incidents/incident.js';
import { type AdjRibIn, type Route } from '../rib/adj-rib-in.js';
import { type RibEntryEvent, type RouteAttributes, type RouteEvent } from '../rib/route-event.js';
import { type Session } from '../rib/session.js';

/**
 * Why a route came, changed or went: `rib` by a RIB dump; `bootstrap` = it stood there when the session's first dump began to fill its
 * table (no change); `unregistered` = its prefix is related to no registered one any more.
 */
export const ROUTE_CHANGE_CAUSES = [
  'announce',
  'withdraw',
  'session-loss',
  'rib',
  'bootstrap',
  'unregistered',
] as const;
export type RouteChangeCause = (typeof ROUTE_CHANGE_CAUSES)[number];

type StoredRoute = Route<Incident>;

/** A route as it stood before a change. */
export interface ReplacedRoute extends RouteAttributes {
  readonly at: EventTime;
  readonly fromRib: boolean;
  readonly file: string;
  readonly record: number;
  readonly offset: number;
}

/** One change of one key of the table. What stands there afterwards is `before` of the key's next change, or the table. */
export interface RouteChange {
  readonly session: number;
  readonly prefix: string;
  readonly pathId: number;
  readonly at: EventTime;
  readonly cause: RouteChangeCause;
  /** Null = there was no route. */
  readonly before: ReplacedRoute | null;
}

/** The RIB dump that filled the table of a session first, and its first entry's time. */
export interface SessionBootstrap {
  readonly session: number;
  readonly dump: string;
  readonly at: EventTime;
}

/** What a batch adds to the log. */
export interface RouteLogBatch {
  readonly changes: readonly RouteChange[];
  readonly bootstraps: readonly SessionBootstrap[];
}

/** Notes changes while it is kept; else nothing. */
export class RouteLog {
  readonly #routes: AdjRibIn<Incident>;
  /** The dump of each session's bootstrap; null = no log is kept. */
  #bootstraps: Map<number, string> | null = null;
  #changes: RouteChange[] = [];
  #added: SessionBootstrap[] = [];

  constructor(routes: AdjRibIn<Incident>) {
    this.#routes = routes;
  }

  /** Begins to note. `bootstraps` are those that were noted before. */
  keep(bootstraps: Iterable<SessionBootstrap>): void {
    this.#bootstraps = new Map([...bootstraps].map(({ session, dump }) => [session, dump]));
  }

  /** A route was stored in place of `before`. */
  stored(event: Extract<RouteEvent, { kind: 'announce' | 'rib' }>, session: Session, before?: StoredRoute): void {
    if (this.#bootstraps === null) return;
    const cause = event.kind === 'rib' ? this.#causeOfEntry(event, session, before) : 'announce';
    if (cause !== null) this.#add(event, session, { at: event.at, cause }, before);
  }

  /** A route is gone. */
  removed(route: StoredRoute, at: EventTime, cause: RouteChangeCause): void {
    if (this.#bootstraps !== null) this.#add(route, route.session, { at, cause }, route);
  }

  /** What was noted since the last call; null where no log is kept. */
  take(): RouteLogBatch | null {
    if (this.#bootstraps === null) return null;
    const taken = { changes: this.#changes, bootstraps: this.#added };
    this.#changes = [];
    this.#added = [];
    return taken;
  }

  /** Null where the entry needs no row: it says what stood there, or it is of the session's first dump, and nothing stood there. */
  #causeOfEntry(event: RibEntryEvent, session: Session, before?: StoredRoute): RouteChangeCause | null {
    if (!this.#bootstraps!.has(session.id)) this.#bootstrap(event, session);
    const isNew = before === undefined;
    const isKnown = isNew ? this.#bootstraps!.get(session.id) === event.dump : isSame(before, event);
    return isKnown ? null : 'rib';
  }

  #bootstrap({ at, dump }: RibEntryEvent, session: Session): void {
    this.#bootstraps!.set(session.id, dump);
    this.#added.push({ session: session.id, dump, at });
    if (this.#routes.countOf(session) === 0) return; // to find those of one session is to walk over all
    for (const route of this.#routes.ofSession(session)) this.#add(route, session, { at, cause: 'bootstrap' }, route);
  }

  #add(
    { prefix, pathId }: Pick<StoredRoute, 'prefix' | 'pathId'>,
    session: Session,
    change: Pick<RouteChange, 'at' | 'cause'>,
    before?: StoredRoute,
  ): void {
    this.#changes.push({
      session: session.id,
      prefix: prefix.toString(),
      pathId,
      ...change,
      before: before === undefined ? null : replaced(before),
    });
  }
}

function replaced(route: StoredRoute): ReplacedRoute {
  const { path, internalAs, attributes, malformed, at, fromRib, file, record, offset } = route;
  return { path, internalAs, attributes, malformed, at, fromRib, file, record, offset };
}

function isSame(a: RouteAttributes, b: RouteAttributes): boolean {
  return (
    a.attributes === b.attributes &&
    a.malformed === b.malformed &&
    a.internalAs === b.internalAs &&
    JSON.stringify(a.path) === JSON.stringify(b.path)
  );
}
