// The lifecycle of incidents (detection.md section 5) as the slow checker reads it: who carries what is wrong, when it began, when it
// ended and why. Times are microseconds; `passTime` is called before each fact with the fact's time.

import { type Verdict } from './policies.js';

const SECOND = 1e6;
const HOLD_DOWN = 60 * SECOND;
const REOPEN_WITHIN = 600 * SECOND;
const UNOBSERVED_AFTER = 3600 * SECOND;
const RESIDUAL_AFTER = 5400 * SECOND;
const NOTIFY_PEERS = 2;

/** An incident of the checker; the fields of `replay --json` that it vouches for. */
export interface CheckedIncident {
  readonly verdict: Verdict;
  readonly openedAt: number;
  openings: number;
  /** Whether enough peer ASes carried it at once in its present opening. */
  isConfirmed: boolean;
  notifiableAt: number | null;
  resolvedAt: number | null;
  reason: string | null;
  readonly everPeers: Set<number>;
  peersNow: number;
  /** Types that routes of it matched too. */
  readonly also: Set<string>;
}

/** What is known of one (type, scope, prefix, offender). */
interface Track {
  /** Routes that carry it, and their peer AS. */
  readonly carriers: Map<string, number>;
  /** Routes that carried it when their session went down: when, and of which session. */
  readonly unseen: Map<string, { readonly at: number; readonly session: string; readonly peerAs: number }>;
  /** Routes that still carry an incident that ended as residual: which one, and their peer AS. */
  readonly leftOver: Map<string, { readonly of: CheckedIncident; readonly peerAs: number }>;
  readonly incidents: CheckedIncident[];
  current: CheckedIncident | null;
  /** When and how the last carrier was lost; null while there are some. */
  ending: { at: number; isDown: boolean; accountedAt: number } | null;
  /** The latest loss since someone took it; a RIB dump tells of losses late. */
  lostAt: number;
  /** When 90 % had lost it, and the last time that a new peer AS took it. */
  crossedAt: number | null;
  newPeerAt: number;
}

export class IncidentLedger {
  readonly #tracks = new Map<string, Track>();
  readonly #restless = new Set<Track>();

  /** Every incident ever. */
  get incidents(): CheckedIncident[] {
    return [...this.#tracks.values()].flatMap((track) => {
      for (const incident of track.incidents) {
        const left = [...track.leftOver.values()].filter(({ of }) => of === incident).map(({ peerAs }) => peerAs);
        incident.peersNow = incident === track.current ? distinct(track) : new Set(left).size;
      }
      return track.incidents;
    });
  }

  /** Whether such an incident is going on, whatever its connection. */
  isGoingOn(type: string, prefix: string, offender: string): boolean {
    return [...this.#tracks.values()].some(({ current }) => {
      const verdict = current?.verdict;
      return verdict?.type === type && verdict.prefix === prefix && verdict.offender === offender;
    });
  }

  /**
   * A route now carries the verdict.
   *
   * @returns the incident where this opened or re-opened one, else null.
   */
  gain(verdict: Verdict, route: string, peerAs: number, at: number): CheckedIncident | null {
    const track = this.#trackOf(verdict);
    const carried = track.leftOver.get(route)?.of ?? (track.carriers.has(route) ? track.current : null);
    if (carried !== null) {
      for (const type of verdict.also) carried.also.add(type);
      return null;
    }
    const isNewPeer = ![...track.carriers.values()].includes(peerAs);
    track.carriers.set(route, peerAs);
    track.unseen.delete(route);
    track.ending = null;
    track.lostAt = 0;
    if (isNewPeer) track.newPeerAt = at;
    const opened = track.current === null ? this.#open(track, verdict, at) : null;
    const incident = track.current!;
    incident.everPeers.add(peerAs);
    for (const type of verdict.also) incident.also.add(type);
    if (distinct(track) >= NOTIFY_PEERS) {
      incident.isConfirmed = true;
      incident.notifiableAt ??= at;
    }
    if (isNewPeer && !isResidual(track)) track.crossedAt = null;
    return opened;
  }

  /** A route no longer carries the verdict: withdrawn or replaced, or its session went down. */
  lose(verdict: Verdict, route: string, at: number, downSession: string | null): void {
    const track = this.#trackOf(verdict);
    track.leftOver.delete(route);
    const peerAs = track.carriers.get(route);
    if (peerAs === undefined) return;
    track.carriers.delete(route);
    if (downSession !== null) track.unseen.set(route, { at, session: downSession, peerAs });
    track.lostAt = Math.max(track.lostAt, at);
    if (track.carriers.size === 0) {
      // The last carrier withdrew it: that is the end, whoever went down before.
      if (downSession === null)
        for (const [other, { at: downAt }] of track.unseen) if (downAt <= at) track.unseen.delete(other);
      track.ending = { at: track.lostAt, isDown: track.unseen.size > 0, accountedAt: at };
    }
    this.#restless.add(track);
    this.#watchResidue(track, at);
  }

  /** A session's table is complete again: what it carried when it went down and does not now was withdrawn then. */
  account(session: string, at: number, isOf: (route: string) => boolean = () => true): void {
    for (const track of this.#tracks.values())
      for (const [route, { session: other, at: downAt }] of track.unseen)
        if (other === session && isOf(route)) {
          track.unseen.delete(route);
          if (track.ending !== null) {
            track.ending.accountedAt = Math.max(track.ending.accountedAt, at);
            track.ending.at = Math.max(track.ending.at, downAt); // a withdrawal whose time runs back was no later loss
          }
          this.#watchResidue(track, downAt);
        }
  }

  /** Lets everything end whose time has come by `now`. */
  passTime(now: number): void {
    for (const track of this.#restless) {
      this.#endTrack(track, now);
      if (track.current === null || (track.ending === null && track.crossedAt === null)) this.#restless.delete(track);
    }
  }

  #endTrack(track: Track, now: number): void {
    const { ending, current } = track;
    if (current === null) return;
    if (ending === null) {
      this.#endResidual(track, now);
      return;
    }
    const unseenUntil = Math.max(...[...track.unseen.values()].map(({ at }) => at + UNOBSERVED_AFTER));
    if (!ending.isDown) {
      if (now > ending.at + HOLD_DOWN) this.#resolve(track, ending.at, 'withdrawn');
    } else if (unseenUntil <= ending.at) {
      const settled = Math.max(ending.at + HOLD_DOWN, ending.accountedAt);
      if (now > settled) this.#resolve(track, ending.at, 'absent-after-reset');
    } else if (now > unseenUntil) this.#resolve(track, unseenUntil, 'unobserved');
  }

  #endResidual(track: Track, now: number): void {
    if (track.crossedAt === null || now <= Math.max(track.crossedAt, track.newPeerAt) + RESIDUAL_AFTER) return;
    for (const [route, peerAs] of track.carriers) track.leftOver.set(route, { of: track.current!, peerAs });
    this.#resolve(track, track.crossedAt, 'residual');
  }

  #resolve(track: Track, at: number, reason: string): void {
    track.current!.resolvedAt = at;
    track.current!.reason = reason;
    track.current = null;
    track.ending = null;
    track.crossedAt = null;
    track.unseen.clear();
    if (reason === 'residual') track.carriers.clear();
  }

  /** A loss may be the one that crosses 90 %. */
  #watchResidue(track: Track, at: number): void {
    if (track.current === null || track.crossedAt !== null || !isResidual(track)) return;
    track.crossedAt = at;
    this.#restless.add(track);
  }

  #open(track: Track, verdict: Verdict, at: number): CheckedIncident {
    const last = track.incidents.at(-1);
    if (last !== undefined && at <= last.resolvedAt! + REOPEN_WITHIN) {
      last.openings++;
      last.isConfirmed = false;
      last.resolvedAt = null;
      last.reason = null;
      track.current = last;
      return last;
    }
    const incident = {
      verdict,
      openedAt: at,
      openings: 1,
      isConfirmed: false,
      notifiableAt: null,
      resolvedAt: null,
      reason: null,
      everPeers: new Set<number>(),
      peersNow: 0,
      also: new Set<string>(),
    };
    track.incidents.push(incident);
    track.current = incident;
    return incident;
  }

  #trackOf({ type, scope, prefix, offender }: Verdict): Track {
    const key = [type, scope, prefix, offender].join('|');
    let track = this.#tracks.get(key);
    if (track === undefined) {
      track = {
        carriers: new Map(),
        unseen: new Map(),
        leftOver: new Map(),
        incidents: [],
        current: null,
        ending: null,
        lostAt: 0,
        crossedAt: null,
        newPeerAt: 0,
      };
      this.#tracks.set(key, track);
    }
    return track;
  }
}

function distinct({ carriers }: Track): number {
  return new Set(carriers.values()).size;
}

/** Whether 90 % of the peer ASes that ever carried it lost it, and some have not. Who went down may have it still. */
function isResidual({ current, carriers, unseen }: Track): boolean {
  const holding = new Set([...carriers.values(), ...[...unseen.values()].map(({ peerAs }) => peerAs)]).size;
  const ever = current?.everPeers.size ?? 0;
  return carriers.size > 0 && 10 * (ever - holding) >= 9 * ever;
}
