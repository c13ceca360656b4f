// Sessions: one BGP feed each, keyed by (collector, peer address, peer AS), with what detection must know of its life: up or down,
// its last record, a table transfer going on, whether a RIB dump ever classed it (detection.md sections 1 and 6).
// No routes here (adj-rib-in), no verdicts.

import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type PeerRef } from './route-event.js';

/** Prefixes of one family in a RIB dump: a session's, and those of the largest table beside it. */
export interface TableSize {
  readonly afi: number;
  readonly routes: number;
  readonly largest: number;
}

/** What is remembered of a session; plain data, stored as it stands. */
export interface Session {
  /** Number in order of first appearance. */
  readonly id: number;
  readonly collector: string;
  readonly peerAddress: string;
  readonly peerAs: Asn;
  up: boolean;
  /** When it last came up after a loss, null where it never was lost. */
  upAt: EventTime | null;
  downAt: EventTime | null;
  /** The newest record that was applied, and the input it came from. */
  lastRecordAt: EventTime;
  lastInput: string;
  /** The newest announcement that was told of, of any prefix. */
  announcedAt: EventTime;
  /** Since when a table transfer is going on, or null. */
  transferSince: EventTime | null;
  /** The families whose End-of-RIB came since then. */
  transferDone: number[];
  /** When the transfer ends if nothing is announced before: a quiet gap that began. */
  quietDue: EventTime | null;
  /** True once a complete RIB dump held the session. */
  bootstrapped: boolean;
  /** By family, what the last complete RIB dump that held it had of it, and the largest table of its collector there. */
  tables: readonly TableSize[];
  /** Routes announced again unchanged since then: a transfer that no state record tells of. */
  burst: { readonly since: EventTime; count: number } | null;
}

/** All sessions ever seen, by collector and address. */
export class SessionTable {
  // Looked up by texts as they are: to join them into a key costs more than all else that an UPDATE of no prefix does (test/bench, P6).
  readonly #byAddress = new Map<string, Map<string, Session[]>>();
  readonly #byId = new Map<number, Session>();
  #lastId = 0;

  /** Restores sessions from plain data. */
  load(sessions: Iterable<Session>): void {
    for (const session of sessions) this.#add(session);
  }

  get all(): Iterable<Session> {
    return this.#byId.values();
  }

  byId(id: number): Session | undefined {
    return this.#byId.get(id);
  }

  /**
   * The session of a record, made where it is new. Peer AS 0 and 23456 stand for the session known at (collector, address): the
   * one heard last.
   */
  resolve(peer: PeerRef, at: EventTime): Session {
    return this.find(peer) ?? this.#add(newSession(++this.#lastId, peer, at));
  }

  /** As `resolve`, but undefined where the session is new. */
  find(peer: PeerRef): Session | undefined {
    const exact = this.#there(peer)?.find(({ peerAs }) => peerAs === peer.peerAs);
    if (exact !== undefined || (peer.peerAs !== 0 && peer.peerAs !== AS_TRANS)) return exact;
    return this.at(peer).reduce<Session | undefined>(
      (best, one) => (best === undefined || one.lastRecordAt > best.lastRecordAt ? one : best),
      undefined,
    );
  }

  /** Every session at a record's (collector, address): the ones a STATE_CHANGE speaks of. None at 0.0.0.0 or ::. */
  at(peer: PeerRef): readonly Session[] {
    return (isUnspecified(peer.peerAddress) ? undefined : this.#there(peer)) ?? [];
  }

  #there({ collector, peerAddress }: PeerRef): Session[] | undefined {
    return this.#byAddress.get(collector)?.get(peerAddress);
  }

  #add(session: Session): Session {
    const { collector, peerAddress } = session;
    this.#byId.set(session.id, session);
    const there = this.#there(session);
    const ofCollector = this.#byAddress.get(collector) ?? new Map<string, Session[]>();
    if (there === undefined) this.#byAddress.set(collector, ofCollector.set(peerAddress, [session]));
    else there.push(session);
    this.#lastId = Math.max(this.#lastId, session.id);
    return session;
  }
}

/** True where a STATE_CHANGE names a peer well enough to make its session: neither AS 0 or AS_TRANS nor an unspecified address. */
export function namesSession({ peerAddress, peerAs }: PeerRef): boolean {
  return peerAs !== 0 && peerAs !== AS_TRANS && !isUnspecified(peerAddress);
}

function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function newSession(id: number, { collector, peerAddress, peerAs }: PeerRef, at: EventTime): Session {
  return {
    id,
    collector,
    peerAddress,
    peerAs,
    up: false,
    upAt: null,
    downAt: null,
    lastRecordAt: at,
    lastInput: '',
    announcedAt: 0,
    transferSince: null,
    transferDone: [],
    quietDue: null,
    bootstrapped: false,
    tables: [],
    burst: null,
  };
}
