// A scenario in the making: the Internet, the collectors, the customers and what they register, and what stories do to it. A story
// changes who announces a prefix; every session then sends what its AS chose, some seconds later, where that is not what it had.

import { type Session, drawSessions, exported } from './collectors.js';
import { Feed, SECOND, START } from './feed.js';
import { Internet } from './internet.js';
import { type Carry, type Label, livesOf } from './label.js';
import { Random } from './random.js';
import { type Claim } from './records.js';
import { type Announcement, type Chosen, Routing } from './routing.js';

/** A customer: an edge AS with two providers or more. */
export interface Owner {
  readonly asn: number;
  readonly providers: readonly number[];
}

/** A prefix as it is registered. */
export interface Registered {
  readonly prefix: string;
  readonly owner: Owner;
  readonly origins: readonly number[];
  /** Neighbours of each origin; absent = not checked. */
  readonly neighbors?: Readonly<Record<number, readonly number[]>>;
  readonly moreSpecifics?: {
    readonly minLength: number;
    readonly maxLength: number;
    readonly origins: readonly number[];
  };
}

export interface Vrp {
  readonly asn: number;
  readonly prefix: string;
  readonly maxLength: number;
}

/** What a session sends now instead of what it sent before. */
export interface Change {
  readonly at: number;
  readonly session: Session;
  readonly before: Chosen | null;
  readonly after: Chosen | null;
}

const OWNERS = 5;
const NOT_YET: ReadonlyMap<Session, Chosen> = new Map();

export class Scene {
  readonly random: Random;
  readonly internet: Internet;
  readonly sessions: readonly Session[];
  readonly feed: Feed;
  readonly owners: readonly Owner[];
  readonly registered: Registered[] = [];
  readonly vrps: Vrp[] = [];
  /** Providers that customers attest. */
  readonly aspas = new Map<number, readonly number[]>();
  readonly labels: Label[] = [];
  readonly #current = new Map<string, ReadonlyMap<Session, Chosen>>();
  #blocks = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.internet = new Internet(this.random);
    this.sessions = drawSessions(this.internet, this.random);
    this.feed = new Feed(this.sessions);
    const peers = new Set(this.sessions.map(({ peerAs }) => peerAs));
    const able = this.internet.edge.filter(
      (asn) => this.internet.providersOf(asn).length === 2 && !peers.has(asn) && !this.internet.isSibling(asn),
    );
    this.owners = this.random
      .sample(able, OWNERS)
      .map((asn) => ({ asn, providers: this.internet.providersOf(asn).toSorted((a, b) => a - b) }));
  }

  /** A /16 or /32 that no other story has, as the text in front of `tail`: `block(4)('1.0/24')` = 45.3.1.0/24. */
  block(family: 4 | 6): (tail: string) => string {
    const n = this.#blocks++;
    return family === 4 ? (tail) => `45.${n}.${tail}` : (tail) => `2a0e:${n.toString(16)}:${tail}`;
  }

  register(registered: Registered): Registered {
    this.registered.push(registered);
    return registered;
  }

  /** An AS that has nothing to do with the owner: at the edge, no neighbour of it, no peer of a collector. */
  stranger(owner: Owner, among: readonly number[] = this.internet.edge): number {
    const known = new Set([owner.asn, ...owner.providers, ...this.internet.neighborsOf(owner.asn)]);
    for (const { peerAs } of this.sessions) known.add(peerAs);
    for (const { asn } of this.owners) known.add(asn);
    for (;;) {
      const asn = this.random.pick(among);
      if (!known.has(asn) && !this.internet.isSibling(asn)) return asn;
    }
  }

  /** What everybody has of the prefix when all begins. */
  begin(prefix: string, announcements: readonly Announcement[]): void {
    const chosen = this.#solve(announcements);
    for (const [session, { path }] of chosen) this.feed.begin(session, prefix, { path });
    this.#current.set(prefix, chosen);
  }

  /** Who announces the prefix from `at` on; the sessions follow within half a minute. */
  change(prefix: string, at: number, announcements: readonly Announcement[], bears?: Omit<Claim, 'path'>): Change[] {
    return this.send(prefix, at, this.#solve(announcements), bears);
  }

  /** The sessions send what is given from `at` on, where it is not what they sent before. */
  send(prefix: string, at: number, fresh: ReadonlyMap<Session, Chosen>, bears?: Omit<Claim, 'path'>): Change[] {
    const old = this.current(prefix);
    this.#current.set(prefix, fresh);
    return this.sessions.flatMap((session) => {
      const [before, after] = [old.get(session) ?? null, fresh.get(session) ?? null];
      if (before?.path.join() === after?.path.join()) return [];
      const when = this.moment(session, at);
      this.feed.add(session, when, {
        kind: 'route',
        prefix,
        claim: after === null ? null : { path: after.path, ...bears },
      });
      return [{ at: when, session, before, after }];
    });
  }

  current(prefix: string): ReadonlyMap<Session, Chosen> {
    return this.#current.get(prefix) ?? NOT_YET;
  }

  /** What every session would send. */
  #solve(announcements: readonly Announcement[], down?: ReadonlySet<string>): ReadonlyMap<Session, Chosen> {
    const routing = new Routing(this.internet, announcements, down);
    return new Map(
      this.sessions.flatMap((session) => {
        const chosen = exported(session, routing.of(session.peerAs));
        return chosen === null ? [] : [[session, chosen] as const];
      }),
    );
  }

  /** What the sessions would send, without that they do; `down` = the links that are. */
  preview(announcements: readonly Announcement[], down?: ReadonlySet<string>): ReadonlyMap<Session, Chosen> {
    return this.#solve(announcements, down);
  }

  /** 1 to 25 s after `at`, to the precision of the collector. */
  moment(session: Session, at: number): number {
    const exact = at + this.random.int(SECOND, 25 * SECOND);
    return session.collector.micros ? exact : exact - (exact % SECOND);
  }

  /** Labels what the carriers of a route make: `is` tells it among what sessions have. */
  expect(
    kind: Omit<Label, 'openedAt' | 'resolvedAt' | 'reason' | 'openings' | 'peers'>,
    changes: readonly Change[],
    is: (chosen: Chosen) => boolean,
  ): void {
    const carries = changes.flatMap(({ at, session, before, after }): Carry[] => {
      const [had, has] = [before !== null && is(before), after !== null && is(after)];
      return had === has ? [] : [{ at, session, carries: has }];
    });
    for (const life of livesOf(carries)) this.labels.push({ ...kind, ...life });
  }
}

/** Offset from the start, as event time. */
export function after(offset: number): number {
  return START + offset;
}
