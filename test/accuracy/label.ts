// What must be found, known by construction, and how an incident's life follows from who carried its route when (detection.md section 5).

import { type Session } from './collectors.js';
import { MINUTE, SECOND } from './feed.js';

const HOLD_DOWN = 60 * SECOND;
export const REOPEN_WITHIN = 10 * MINUTE;

/** One incident that must be found, once. */
export interface Label {
  readonly type: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  /** `null` where the rule names none. */
  readonly offender: string;
  readonly level: string;
  readonly openedAt: number;
  /** Null: it must still be going on at the end. */
  readonly resolvedAt: number | null;
  readonly reason: string | null;
  readonly openings: number;
  /** Peer ASes that ever carried it, ascending; null where the type has no carriers. */
  readonly peers: readonly number[] | null;
  /** Which story made it. */
  readonly story: string;
}

/** A session takes a route or lets go of it. */
export interface Carry {
  readonly at: number;
  readonly session: Session;
  readonly carries: boolean;
}

/** The part of a label that follows from who carried the route. */
export type Life = Pick<Label, 'openedAt' | 'resolvedAt' | 'reason' | 'openings' | 'peers'>;

/** The lives that a route's carriers make, each an incident. All of them end by withdrawal or replacement, or never. */
export function livesOf(carries: readonly Carry[]): readonly Life[] {
  const lives: { openedAt: number; resolvedAt: number | null; openings: number; peers: Set<number> }[] = [];
  const now = new Set<Session>();
  for (const { at, session, carries: takes } of [...carries].sort((a, b) => a.at - b.at)) {
    if (!takes) {
      if (now.delete(session) && now.size === 0) lives.at(-1)!.resolvedAt = at;
      continue;
    }
    const last = lives.at(-1);
    if (now.size === 0) {
      if (last === undefined || at > last.resolvedAt! + REOPEN_WITHIN)
        lives.push({ openedAt: at, resolvedAt: null, openings: 1, peers: new Set() });
      else if (at > last.resolvedAt! + HOLD_DOWN) last.openings++;
      lives.at(-1)!.resolvedAt = null;
    }
    now.add(session);
    lives.at(-1)!.peers.add(session.peerAs);
  }
  return lives.map((life) => ({
    ...life,
    reason: life.resolvedAt === null ? null : 'withdrawn',
    peers: [...life.peers].sort((a, b) => a - b),
  }));
}

/** A time for which a condition held. */
export interface Span {
  /** Its first evidence, and the one that made it enough. */
  readonly from: number;
  readonly raisedAt: number;
  /** Infinity = to the end. */
  until: number;
  readonly peers: Set<number>;
}

/** The lives of a condition, as `livesOf` has those of a route; spans in order of time. */
export function spanLives(spans: readonly Span[]): readonly Life[] {
  const lives: { openedAt: number; resolvedAt: number; openings: number; peers: Set<number> }[] = [];
  for (const { from, raisedAt, until, peers } of spans) {
    const last = lives.at(-1);
    if (last === undefined || from > last.resolvedAt + REOPEN_WITHIN)
      lives.push({ openedAt: from, resolvedAt: until, openings: 1, peers: new Set(peers) });
    else {
      if (raisedAt > last.resolvedAt + HOLD_DOWN) last.openings++;
      last.resolvedAt = until;
      for (const peer of peers) last.peers.add(peer);
    }
  }
  return lives.map(({ openedAt, resolvedAt, openings, peers }) => ({
    openedAt,
    resolvedAt: resolvedAt === Infinity ? null : resolvedAt,
    reason: resolvedAt === Infinity ? null : 'withdrawn',
    openings,
    peers: [...peers].sort((a, b) => a - b),
  }));
}
