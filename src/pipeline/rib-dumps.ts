// RIB dumps as bootstrap (detection.md section 6): an entry applies only to keys without an update since the dump's first record; an
// absent key goes only where its last update is older, its session is in the peer index and the dump is complete; a session that is
// absent from the index is down. No path, withdrawal, flap or visibility evidence comes of a dump; origin verdicts do.

import { type EventTime } from '../ip/event-time.js';
import { type Incident } from '../incidents/incident.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { type RibBeginEvent, type RibEndEvent, type RibEntryEvent } from '../rib/route-event.js';
import { type Session, type SessionTable } from '../rib/session.js';
import { type SessionLife } from './session-life.js';
import { type OpenDump } from './store.js';
import { type StoredRoute } from './stored-route.js';
import { KEEP_WITHDRAWALS, type Withdrawals } from './withdrawals.js';

/** What a dump does to routes. */
export interface RibEffects {
  /** Stores what an entry says in place of `old`. */
  readonly store: (event: RibEntryEvent, session: Session, old: StoredRoute | undefined) => void;
  readonly remove: (route: StoredRoute, at: EventTime) => void;
  /** A stored route that the dump confirms, as it is to be stored. */
  readonly confirmed: (route: StoredRoute) => void;
  readonly resynchronised: (session: Session, afi: number) => void;
  /** The dump is complete and wholly applied; `heard` had entries in it. */
  readonly ended: (dump: OpenDump, afis: readonly number[], heard: readonly Session[]) => void;
}

export class RibDumps {
  readonly #sessions: SessionTable;
  readonly #routes: AdjRibIn<Incident>;
  readonly #life: SessionLife;
  readonly #withdrawals: Withdrawals;
  readonly #effects: RibEffects;
  #open = new Map<string, OpenDump>();
  #changed = false;

  constructor(parts: {
    sessions: SessionTable;
    routes: AdjRibIn<Incident>;
    life: SessionLife;
    withdrawals: Withdrawals;
    effects: RibEffects;
  }) {
    this.#sessions = parts.sessions;
    this.#routes = parts.routes;
    this.#life = parts.life;
    this.#withdrawals = parts.withdrawals;
    this.#effects = parts.effects;
  }

  load(dumps: Iterable<OpenDump>): void {
    for (const dump of dumps) this.#open.set(dump.id, dump);
  }

  /** Applies one event of a dump. @returns false where it came too late. */
  apply(event: RibBeginEvent | RibEntryEvent | RibEndEvent): boolean {
    switch (event.kind) {
      case 'rib-begin':
        this.#begin(event);
        return true;
      case 'rib':
        return this.#entry(event);
      case 'rib-end':
        this.#end(event);
        return true;
    }
  }

  /** The dumps that are open, where that changed since the last call; else null. */
  takeChanged(): readonly OpenDump[] | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return [...this.#open.values()].map((dump) => ({ ...dump, sessions: [...dump.sessions] }));
  }

  #begin(event: RibBeginEvent): void {
    const dump: OpenDump = { id: event.dump, collector: event.collector, beganAt: event.at, sessions: [] };
    this.#open.set(dump.id, dump);
    this.#changed = true;
    if (event.peers === null) return;
    for (const { address, asn } of event.peers) {
      const session = this.#sessions.find({ collector: event.collector, peerAddress: address, peerAs: asn });
      if (session !== undefined) dump.sessions.push(session.id);
    }
    for (const session of this.#sessions.all) {
      const absent = session.collector === event.collector && !dump.sessions.includes(session.id);
      if (absent && session.lastRecordAt < event.at) this.#life.goDown(session, event.at);
    }
  }

  #entry(event: RibEntryEvent): boolean {
    const dump = this.#open.get(event.dump);
    if (dump === undefined) return true;
    const session = this.#sessions.resolve(event, event.at);
    if (session.lastRecordAt - dump.beganAt > KEEP_WITHDRAWALS) return false;
    if (session.downAt !== null && session.downAt >= dump.beganAt) return true;
    if (!dump.sessions.includes(session.id)) {
      dump.sessions.push(session.id);
      this.#changed = true;
    }
    if (!session.up) this.#life.foundInRib(session);
    const old = this.#routes.get(session, event.prefix, event.pathId);
    const updatedAt = this.#updatedAt(session, event, old);
    if (updatedAt !== null && updatedAt >= dump.beganAt) {
      if (old !== undefined) this.#effects.confirmed({ ...old, dump: dump.id });
      return true;
    }
    if (old?.fromRib === false) this.#withdrawals.add({ ...keyOf(old), at: old.at });
    this.#effects.store(event, session, old);
    return true;
  }

  /** The last UPDATE of a key: that of its route, or a withdrawal, or one whose route another dump replaced. */
  #updatedAt(session: Session, { prefix, pathId }: RibEntryEvent, old: StoredRoute | undefined): EventTime | null {
    if (old !== undefined && !old.fromRib) return old.at;
    return this.#withdrawals.withdrawnAt(session.id, prefix.toString(), pathId);
  }

  #end(event: RibEndEvent): void {
    const dump = this.#open.get(event.dump);
    if (dump === undefined) return;
    this.#open.delete(dump.id);
    this.#changed = true;
    if (!event.complete) return;
    const stands = (session: Session) => session.downAt === null || session.downAt < dump.beganAt;
    const heard = event.heard.map(({ address, asn }) =>
      this.#sessions.resolve({ collector: event.collector, peerAddress: address, peerAs: asn }, event.at),
    );
    // A format without a peer index has in its place whoever had entries, related to anything registered or not.
    const there = [...dump.sessions.flatMap((id) => this.#sessions.byId(id) ?? []), ...heard];
    const standing = new Set(there.filter((session) => session.up && stands(session)));
    // What another dump that overlaps this one has said since is newer, as an UPDATE is.
    for (const route of this.#routes.ofSessions(standing, dump.beganAt)) {
      const absent = route.dump !== dump.id && event.afis.includes(route.prefix.afi);
      if (absent) this.#effects.remove(route, dump.beganAt);
    }
    for (const session of heard) {
      if (!stands(session)) continue;
      session.bootstrapped = true;
      session.tables = tablesOf(event, session);
      this.#life.foundInRib(session);
      for (const afi of event.afis) this.#effects.resynchronised(session, afi);
    }
    this.#effects.ended(dump, event.afis, heard);
  }
}

function keyOf({ session, prefix, pathId }: StoredRoute) {
  return { session: session.id, prefix: prefix.toString(), pathId };
}

/** What the dump says of a session's tables, and of other families what was known. */
function tablesOf({ afis, heard }: RibEndEvent, { peerAddress, peerAs, tables }: Session): Session['tables'] {
  const mine = heard.find(({ address, asn }) => address === peerAddress && asn === peerAs)?.routes ?? [0, 0];
  const fresh = afis.map((afi) => {
    const largest = Math.max(...heard.map(({ routes }) => routes[afi - 1]));
    return { afi, routes: mine[afi - 1], largest };
  });
  return [...tables.filter(({ afi }) => !afis.includes(afi)), ...fresh];
}
