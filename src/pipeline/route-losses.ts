// The sessions that had a route to a registered prefix and have none: who lost it, and whether that is known. What goes with a lost session
// or within a table transfer is no loss before the session's table is complete again (detection.md section 6).

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type SessionTable } from '../rib/session.js';

/** A session without the route; `open`: that is no evidence yet. */
export interface Loss {
  readonly session: number;
  readonly at: EventTime;
  readonly open: boolean;
}

/** What was open and is a loss since `at`. */
export interface KnownLoss {
  readonly prefix: string;
  readonly at: EventTime;
}

export class RouteLosses {
  readonly #sessions: SessionTable;
  readonly #byPrefix = new Map<string, readonly Loss[]>();
  /** Prefixes that some loss is open of. */
  readonly #open = new Set<string>();
  #changed = new Set<string>();

  constructor(sessions: SessionTable) {
    this.#sessions = sessions;
  }

  load(prefix: string, losses: readonly Loss[]): void {
    this.#set(prefix, losses);
    this.#changed.delete(prefix);
  }

  get prefixes(): Iterable<string> {
    return this.#byPrefix.keys();
  }

  of(prefix: string): readonly Loss[] {
    return this.#byPrefix.get(prefix) ?? [];
  }

  /** A session has no route to it any more. */
  add(prefix: string, loss: Loss): void {
    this.#set(prefix, [...this.of(prefix).filter(({ session }) => session !== loss.session), loss]);
  }

  /** A session has one. */
  remove(prefix: string, session: number): void {
    const there = this.of(prefix);
    const left = there.filter((one) => one.session !== session);
    if (left.length < there.length) this.#set(prefix, left);
  }

  forget(prefix: string): void {
    this.#set(prefix, []);
  }

  /** The session's table is complete again, for the prefixes that `isOf` tells: what it has not, it lost. */
  complete(session: number, isOf: (prefix: string) => boolean): readonly KnownLoss[] {
    const known: KnownLoss[] = [];
    for (const prefix of [...this.#open]) {
      const loss = this.of(prefix).find((one) => one.session === session);
      if (loss?.open !== true || !isOf(prefix)) continue;
      this.add(prefix, { ...loss, open: false });
      known.push({ prefix, at: loss.at });
    }
    return known;
  }

  /** The peer ASes that lost it for certain, by sessions that are up: one that is down is on neither side, unless `withDown`. */
  peers(prefix: string, withDown: boolean): ReadonlySet<Asn> {
    const peers = new Set<Asn>();
    for (const { session, open } of this.of(prefix)) {
      const lost = this.#sessions.byId(session)!;
      if (withDown || (!open && lost.up)) peers.add(lost.peerAs);
    }
    return peers;
  }

  takeChanged(): readonly string[] {
    if (this.#changed.size === 0) return [];
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  #set(prefix: string, losses: readonly Loss[]): void {
    if (losses.length === 0) this.#byPrefix.delete(prefix);
    else this.#byPrefix.set(prefix, losses);
    if (losses.some(({ open }) => open)) this.#open.add(prefix);
    else this.#open.delete(prefix);
    this.#changed.add(prefix);
  }
}
