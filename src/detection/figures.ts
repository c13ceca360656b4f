// The figures of detection: every threshold, window and count that rules, prefix events, the lifecycle and the guards against false
// alarms rest on, with the defaults of detection.md. The configuration's `detection.*` has the same shape and the same names, so a
// key there is a field here; src/daemon/config turns its durations into microseconds.
//
// Not here: what the wire formats fix (BGP, MRT, the ADD-PATH recognition rule of section 7), which is no matter of taste.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';

const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** All times are microseconds of event time; shares are 0 to 1; sections are those of detection.md. */
export interface DetectionFigures {
  /** Section 2: how far record times are believed. */
  readonly order: {
    /** A record further than this ahead of the one before it in its file is clamped to that one's time ... */
    readonly jumpLimit: EventTime;
    /** ... until so many more agree with it. */
    readonly jumpConfirmations: number;
    /** A record of another file, older than its session's last applied record by more than this, is `late` and not applied. */
    readonly lateAfter: EventTime;
    /** A live but quiet transport advances the watermark to the wall clock less this (`run` only). */
    readonly tickLag: EventTime;
  };
  /** Sections 3 and 4: the shortest prefix that counts as covering, for superprefix-hijack and the state `internet`. */
  readonly covering: { readonly minLength4: number; readonly minLength6: number };
  /** Section 3: which sessions count as full feeds, per family. */
  readonly fullFeed: {
    /** At least this share of the largest table among the collector's peers in its RIB dump ... */
    readonly share: number;
    /** ... which must hold at least so many routes to say anything. */
    readonly minRoutes4: number;
    readonly minRoutes6: number;
    /** With fewer full-feed sessions that had it, a prefix is `unobservable`: no visibility verdict. */
    readonly minSessions: number;
    /** Peer ASes that are full feeds because the operator says so. */
    readonly peers: readonly Asn[];
  };
  /** Section 3, forged-path. */
  readonly forgedPath: {
    /** No verdict until the link history spans this. */
    readonly learnFor: EventTime;
    /** Links nearer to the origin than this many hops are other rules' matter. */
    readonly minDistance: number;
    /** A link seen first this long ago is known. */
    readonly knownAfter: EventTime;
    /** Most links remembered. */
    readonly maxLinks: number;
  };
  /** Section 3, provider-bypass: peer ASes that must have used the provider before. */
  readonly providerBypass: { readonly minPeers: number };
  /** Section 3, path-change: at least max(minPeers, share of the peer ASes that carry the prefix) within the window. */
  readonly pathChange: {
    readonly minPeers: number;
    readonly share: number;
    readonly window: EventTime;
    /** A new path may stay for good: over when nobody joined for this long. */
    readonly settledAfter: EventTime;
  };
  /** Section 3, visibility-loss: the share of full-feed sessions below `min` for `for`. */
  readonly visibilityLoss: { readonly min: number; readonly for: EventTime };
  /** Section 3, outage: no full-feed session has it for `for`, where at least `minSessions` had. */
  readonly outage: { readonly for: EventTime; readonly minSessions: number };
  /** Section 3, flapping: penalties per (session, prefix), RFC 2439's way. */
  readonly flapping: {
    readonly withdrawalPenalty: number;
    readonly changePenalty: number;
    readonly halfLife: EventTime;
    /** Above this on `minPeers` peer ASes it opens; under `reuse` on all it ends; never above `ceiling`. */
    readonly suppress: number;
    readonly reuse: number;
    readonly ceiling: number;
    readonly minPeers: number;
  };
  /** Section 3, stuck-route: still carried this long after `lostShare` of the peer ASes lost it. */
  readonly stuckRoute: { readonly after: EventTime; readonly lostShare: number };
  /** Section 3, registry-drift: absent everywhere for, or stable though unregistered for. */
  readonly registryDrift: { readonly absentFor: EventTime; readonly stableFor: EventTime };
  /** Section 4: PathChangeEvents are one per prefix and bucket, at most so many an hour and prefix. */
  readonly pathEvents: { readonly bucket: EventTime; readonly maxPerHour: number };
  /** Section 5: the life of an incident. */
  readonly lifecycle: {
    /** Distinct peer ASes that make a suspected incident an open one. */
    readonly notifyPeers: number;
    /** The same on the operator's own feeds: these collectors. */
    readonly notifyPeersOwn: number;
    readonly ownCollectors: readonly string[];
    /** Incident types of routes that nobody is notified of. */
    readonly notNotified: readonly string[];
    /** How long nobody may carry the route before the incident is over. */
    readonly holdDown: EventTime;
    /** After its last carriers went down, it resolves as unobserved at down + this. */
    readonly unobservedAfter: EventTime;
    /** Residual: this share of the peer ASes that ever carried it lost it, and no new one took it for `residualAfter`. */
    readonly residualShare: number;
    readonly residualAfter: EventTime;
    /** Returning within this after its end re-opens the same incident. */
    readonly reopenWithin: EventTime;
    /** Notifications per opening, and re-openings told per hour before "keeps returning". */
    readonly notificationsPerOpening: number;
    readonly reopeningsPerHour: number;
  };
  /** Section 6: what a table transfer looks like. */
  readonly transfer: {
    /** Over when no announcement came for `quiet`, at least `minUp` after the session came up; at the latest after `max`. */
    readonly quiet: EventTime;
    readonly minUp: EventTime;
    readonly max: EventTime;
    /** Without state records: a burst that re-announces this share of the stored routes (at least so many) within the window. */
    readonly burstShare: number;
    readonly burstMinRoutes: number;
    readonly burstWindow: EventTime;
  };
  /** Section 6: how long a source may say nothing. */
  readonly silence: {
    /** Spool folders: this many intervals since the last arrival. */
    readonly intervals: number;
    /** The interval at which files of RIS (and of any collector not named rrc or route-views) and of Route Views arrive. */
    readonly risInterval: EventTime;
    readonly routeViewsInterval: EventTime;
    /** A session of a collector that records KEEPALIVEs, or of a full feed. */
    readonly session: EventTime;
  };
}

/** The defaults of detection.md. */
export const defaultFigures: DetectionFigures = {
  order: { jumpLimit: HOUR, jumpConfirmations: 2, lateAfter: 60 * SECOND, tickLag: 5 * SECOND },
  covering: { minLength4: 8, minLength6: 19 },
  fullFeed: { share: 0.75, minRoutes4: 50_000, minRoutes6: 1_000, minSessions: 3, peers: [] },
  forgedPath: { learnFor: 14 * DAY, minDistance: 2, knownAfter: 7 * DAY, maxLinks: 200_000 },
  providerBypass: { minPeers: 2 },
  pathChange: { minPeers: 3, share: 0.1, window: 300 * SECOND, settledAfter: HOUR },
  visibilityLoss: { min: 0.7, for: 300 * SECOND },
  outage: { for: 60 * SECOND, minSessions: 3 },
  flapping: {
    withdrawalPenalty: 1000,
    changePenalty: 500,
    halfLife: 15 * MINUTE,
    suppress: 6000,
    reuse: 750,
    ceiling: 12_000,
    minPeers: 2,
  },
  stuckRoute: { after: 90 * MINUTE, lostShare: 0.9 },
  registryDrift: { absentFor: 24 * HOUR, stableFor: 7 * DAY },
  pathEvents: { bucket: 60 * SECOND, maxPerHour: 60 },
  lifecycle: {
    notifyPeers: 2,
    notifyPeersOwn: 1,
    ownCollectors: [],
    notNotified: ['forged-path'],
    holdDown: 60 * SECOND,
    unobservedAfter: 3600 * SECOND,
    residualShare: 0.9,
    residualAfter: 90 * MINUTE,
    reopenWithin: 600 * SECOND,
    notificationsPerOpening: 3,
    reopeningsPerHour: 3,
  },
  transfer: {
    quiet: 30 * SECOND,
    minUp: 60 * SECOND,
    max: 10 * MINUTE,
    burstShare: 0.5,
    burstMinRoutes: 20,
    burstWindow: 60 * SECOND,
  },
  silence: {
    intervals: 3,
    risInterval: 5 * MINUTE,
    routeViewsInterval: 15 * MINUTE,
    session: 3600 * SECOND,
  },
};
