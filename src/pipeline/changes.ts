// What changed since the last commit: routes, sessions, incidents, evidence bytes. The engine notes, the store writes.

import { type Incident } from '../incidents/incident.js';
import { type RawEvidence } from '../rib/route-event.js';
import { type Session } from '../rib/session.js';
import { type BaselineCover, type EvidenceBytes, type RouteKey, type RouteRow } from './store.js';
import { type StoredRoute } from './stored-route.js';

/** The changes of a batch, as the engine hands them over. */
export interface TakenChanges {
  readonly sessions: Session[];
  readonly routes: RouteRow[];
  readonly removedRoutes: RouteKey[];
  readonly incidents: Incident[];
  /** Ids of incidents that are over and need not be in memory any more. */
  readonly forgotten: string[];
  readonly evidence: EvidenceBytes[];
  readonly baseline: BaselineCover[];
}

export class Changes {
  #sessions = new Set<Session>();
  #routes = new Map<string, StoredRoute>();
  #removed = new Map<string, RouteKey>();
  #incidents = new Set<Incident>();
  #forgotten: string[] = [];
  #evidence: EvidenceBytes[] = [];
  #baseline: BaselineCover[] = [];
  #routeChanges = 0;

  /** Route changes noted since the last `take`. */
  get routeChanges(): number {
    return this.#routeChanges;
  }

  session(session: Session): void {
    this.#sessions.add(session);
  }

  route(route: StoredRoute): void {
    const key = keyOf(route);
    this.#routes.set(key, route);
    if (this.#removed.size > 0) this.#removed.delete(key);
    this.#routeChanges++;
  }

  removedRoute(route: StoredRoute): void {
    const key = keyOf(route);
    this.#routes.delete(key);
    this.#removed.set(key, {
      session: route.session.id,
      prefix: route.prefix.toString(),
      pathId: route.pathId,
    });
    this.#routeChanges++;
  }

  incident(incident: Incident): void {
    this.#incidents.add(incident);
  }

  forgotten({ id }: Incident): void {
    this.#forgotten.push(id);
  }

  evidenceBytes(incident: string, position: number, bytes: RawEvidence): void {
    this.#evidence.push({ incident, position, bytes });
  }

  baseline(cover: BaselineCover): void {
    this.#baseline.push(cover);
  }

  take(): TakenChanges {
    const taken: TakenChanges = {
      sessions: [...this.#sessions],
      routes: [...this.#routes.values()].map(rowOf),
      removedRoutes: [...this.#removed.values()],
      incidents: [...this.#incidents],
      forgotten: this.#forgotten,
      evidence: this.#evidence,
      baseline: this.#baseline,
    };
    this.#sessions = new Set();
    this.#routes = new Map();
    this.#removed = new Map();
    this.#incidents = new Set();
    this.#forgotten = [];
    this.#evidence = [];
    this.#baseline = [];
    this.#routeChanges = 0;
    return taken;
  }
}

function keyOf({ session, prefix, pathId }: StoredRoute): string {
  return `${session.id} ${prefix.toString()} ${pathId}`;
}

function rowOf(route: StoredRoute): RouteRow {
  const { session, prefix, pathId, at, fromRib, path, internalAs, attributes, malformed, dump, file, record, offset } =
    route;
  return {
    session: session.id,
    prefix: prefix.toString(),
    pathId,
    at,
    fromRib,
    path,
    internalAs,
    attributes,
    malformed,
    dump,
    file,
    record,
    offset,
    incidents: route.tag.incidents.map(({ id }) => id),
  };
}
