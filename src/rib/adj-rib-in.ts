// Adj-RIB-In of the registered prefixes (RFC 4271 section 3.2): per session every route that is equal to, inside, or around one of
// them, keyed by (session, prefix, path id), and the same routes by prefix. What detection thinks of a route hangs on it as `tag`.

import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { type RouteAttributes } from './route-event.js';
import { type Session } from './session.js';

/** A stored route. `Tag` is the pipeline's own. */
export interface Route<Tag> extends RouteAttributes {
  readonly session: Session;
  readonly prefix: Prefix;
  readonly pathId: number;
  /** Text of the path, for comparing and showing. */
  readonly pathText: string;
  /** The last record that said so. */
  at: EventTime;
  fromRib: boolean;
  /** Identity of the last RIB dump that held it. */
  dump: string | null;
  /** Where it was read first. */
  readonly file: string;
  readonly record: number;
  readonly offset: number;
  tag: Tag;
}

/** All stored routes. */
export class AdjRibIn<Tag> {
  readonly #bySession = new Map<number, Map<string, Route<Tag>>>();
  readonly #byPrefix = new Map<string, Set<Route<Tag>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(session: Session, prefix: Prefix, pathId: number): Route<Tag> | undefined {
    return this.#bySession.get(session.id)?.get(`${prefix.toString()} ${pathId}`);
  }

  /** Stores a route in place of the one with its key. */
  put(route: Route<Tag>): void {
    this.delete(route.session, route.prefix, route.pathId);
    const text = route.prefix.toString();
    let ofSession = this.#bySession.get(route.session.id);
    if (ofSession === undefined) {
      ofSession = new Map<string, Route<Tag>>();
      this.#bySession.set(route.session.id, ofSession);
    }
    ofSession.set(`${text} ${route.pathId}`, route);
    let atPrefix = this.#byPrefix.get(text);
    if (atPrefix === undefined) {
      atPrefix = new Set<Route<Tag>>();
      this.#byPrefix.set(text, atPrefix);
    }
    atPrefix.add(route);
    this.#size++;
  }

  /** Removes and returns the route with this key, if there is one. */
  delete(session: Session, prefix: Prefix, pathId: number): Route<Tag> | undefined {
    const text = prefix.toString();
    const ofSession = this.#bySession.get(session.id);
    const route = ofSession?.get(`${text} ${pathId}`);
    if (ofSession === undefined || route === undefined) return undefined;
    ofSession.delete(`${text} ${pathId}`);
    const atPrefix = this.#byPrefix.get(text)!;
    atPrefix.delete(route);
    if (atPrefix.size === 0) this.#byPrefix.delete(text);
    this.#size--;
    return route;
  }

  /**
   * The routes of one session in order of prefix and path id, whatever order they came in (a restart knows no other); a copy, so
   * that the caller may delete while walking.
   */
  ofSession(session: Session): readonly Route<Tag>[] {
    const routes = [...(this.#bySession.get(session.id)?.values() ?? [])];
    return routes.sort((a, b) => Prefix.compare(a.prefix, b.prefix) || a.pathId - b.pathId);
  }

  countOf(session: Session): number {
    return this.#bySession.get(session.id)?.size ?? 0;
  }

  /** The routes of all sessions to this very prefix. */
  at(prefix: Prefix): Iterable<Route<Tag>> {
    return this.#byPrefix.get(prefix.toString()) ?? [];
  }

  *all(): IterableIterator<Route<Tag>> {
    for (const routes of this.#bySession.values()) yield* routes.values();
  }
}
